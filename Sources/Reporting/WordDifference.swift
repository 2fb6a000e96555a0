/// Which words two texts share, in order (longest common subsequence over words and the gaps between them).
struct WordDifference {
    struct Piece: Hashable {
        let text: String
        let isCommon: Bool
    }

    let baseline: [Piece]
    let candidate: [Piece]

    /// Word pairs beyond which the middle that differs is shown as changed whole.
    private static let limit = 1_000_000

    init(_ before: String, _ after: String) {
        let left = Self.words(before)
        let right = Self.words(after)
        var start = 0
        while start < left.count, start < right.count, left[start] == right[start] { start += 1 }
        var tail = 0
        while tail < left.count - start, tail < right.count - start,
            left[left.count - 1 - tail] == right[right.count - 1 - tail]
        { tail += 1 }
        var keptLeft = Array(repeating: true, count: left.count)
        var keptRight = Array(repeating: true, count: right.count)
        let rows = left.count - start - tail
        let columns = right.count - start - tail
        for index in 0..<rows { keptLeft[start + index] = false }
        for index in 0..<columns { keptRight[start + index] = false }
        if rows > 0, columns > 0, rows * columns <= Self.limit {
            let pairs = Self.common(Array(left[start..<(start + rows)]), Array(right[start..<(start + columns)]))
            for (row, column) in pairs {
                keptLeft[start + row] = true
                keptRight[start + column] = true
            }
        }
        baseline = Self.joined(left, keptLeft)
        candidate = Self.joined(right, keptRight)
    }

    private static func words(_ text: String) -> [Substring] {
        var out: [Substring] = []
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            let next = text.index(after: index)
            // A word carries the white space behind it.
            if text[index].isWhitespace, next == text.endIndex || !text[next].isWhitespace {
                out.append(text[start..<next])
                start = next
            }
            index = next
        }
        if start < text.endIndex { out.append(text[start...]) }
        return out
    }

    private static func common(_ left: [Substring], _ right: [Substring]) -> [(Int, Int)] {
        let width = right.count + 1
        var lengths = [Int32](repeating: 0, count: (left.count + 1) * width)
        for row in stride(from: left.count - 1, through: 0, by: -1) {
            for column in stride(from: right.count - 1, through: 0, by: -1) {
                let here = row * width + column
                if left[row] == right[column] {
                    lengths[here] = lengths[here + width + 1] + 1
                } else {
                    lengths[here] = max(lengths[here + width], lengths[here + 1])
                }
            }
        }
        var pairs: [(Int, Int)] = []
        var row = 0
        var column = 0
        while row < left.count, column < right.count {
            if left[row] == right[column] {
                pairs.append((row, column))
                row += 1
                column += 1
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return pairs
    }

    private static func joined(_ words: [Substring], _ kept: [Bool]) -> [Piece] {
        var out: [Piece] = []
        var text = ""
        for (index, word) in words.enumerated() {
            if index > 0, kept[index] != kept[index - 1] {
                out.append(Piece(text: text, isCommon: kept[index - 1]))
                text = ""
            }
            text += word
        }
        if let last = kept.last { out.append(Piece(text: text, isCommon: last)) }
        return out
    }
}
