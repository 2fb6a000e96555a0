/// A curve of one line of text: eight heights, a bar where two neighbours must not be compared.
enum Sparkline {
    private static let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameters:
    ///   - values: Oldest first; with whether each was measured as the one before it.
    ///   - columns: The newest that fit are drawn.
    static func text(_ values: [(value: Double, isJoined: Bool)], columns: Int) -> String {
        var shown: [(value: Double, isJoined: Bool)] = []
        var used = 0
        for point in values.reversed() where point.value.isFinite {
            let wide = point.isJoined || shown.count + 1 == values.count ? 1 : 2
            if used + wide > columns { break }
            used += wide
            shown.append(point)
        }
        let low = shown.map(\.value).min() ?? 0
        let span = (shown.map(\.value).max() ?? 0) - low
        var text = ""
        for (index, point) in shown.reversed().enumerated() {
            if index > 0, !point.isJoined { text += "│" }
            let height = span > 0 ? Int(((point.value - low) / span * 7).rounded()) : 3
            text.append(heights[min(7, max(0, height))])
        }
        return text
    }
}
