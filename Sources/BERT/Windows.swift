/// How a text of more tokens than a model takes is cut into windows.
public enum Windows {
    /// Consecutive ranges of nearly equal length that cover all tokens; one empty range for no token.
    ///
    /// - Parameter longest: Most tokens of a window, special ones not counted; at least 1.
    public static func cut(_ count: Int, longest: Int) -> [Range<Int>] {
        let longest = max(1, longest)
        guard count > longest else { return [0..<max(0, count)] }
        let number = (count + longest - 1) / longest
        return (0..<number).map { index in
            let start = count * index / number
            let end = count * (index + 1) / number
            return start..<end
        }
    }
}
