/// A stretch of two texts that are compared word by word.
public struct DiffRun: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case equal, delete, insert }

    public let kind: Kind
    /// With the white space that follows its words, so that the runs of a side put together are that side's
    /// text.
    public let text: String

    public init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }
}

/// What changed from one text to the other, word by word: the fewest words deleted and inserted.
///
/// Words are runs of letters and digits, single letters of scripts without spaces, and single signs; letter
/// case counts, white space does not. Deletions stand before insertions in the same place; for equal
/// stretches the new text's white space is shown. Where more than `limit` words differ, everything between
/// the common beginning and the common end is one deletion and one insertion.
///
/// - Complexity: `O(n + d²)` for n words and d ≤ limit differences; the default takes 4 MB and some
///   milliseconds.
///
/// E. W. Myers, Algorithmica 1 (1986) 251–266.
public func wordDiff(_ old: String, _ new: String, limit: Int = 1000) -> [DiffRun] {
    let a = DiffWords(old)
    let b = DiffWords(new)
    var head = 0
    while head < min(a.count, b.count), a.keys[head] == b.keys[head] { head += 1 }
    var tail = 0
    while tail < min(a.count, b.count) - head, a.keys[a.count - 1 - tail] == b.keys[b.count - 1 - tail] {
        tail += 1
    }
    let left = Array(a.keys[head..<(a.count - tail)])
    let right = Array(b.keys[head..<(b.count - tail)])
    var steps = Array(repeating: DiffRun.Kind.equal, count: head)
    steps += editScript(left, right, limit: limit)
    steps += Array(repeating: DiffRun.Kind.equal, count: tail)
    return runs(steps, a, b)
}

/// Adds up single steps into runs, deletions first.
private func runs(_ steps: [DiffRun.Kind], _ a: DiffWords, _ b: DiffWords) -> [DiffRun] {
    var runs: [DiffRun] = []
    var i = 0
    var j = 0
    var step = 0
    if a.lead != b.lead {
        if !a.lead.isEmpty { runs.append(DiffRun(kind: .delete, text: a.lead)) }
        if !b.lead.isEmpty { runs.append(DiffRun(kind: .insert, text: b.lead)) }
    } else if !a.lead.isEmpty {
        runs.append(DiffRun(kind: .equal, text: a.lead))
    }
    while step < steps.count {
        if steps[step] == .equal {
            let first = j
            while step < steps.count, steps[step] == .equal {
                i += 1
                j += 1
                step += 1
            }
            runs.append(DiffRun(kind: .equal, text: b.text(first..<j)))
        } else {
            let firstOld = i
            let firstNew = j
            while step < steps.count, steps[step] != .equal {
                if steps[step] == .delete { i += 1 } else { j += 1 }
                step += 1
            }
            if i > firstOld {
                // The stretch before shows the new text's space; where that is none, the old one's is here.
                let isBare = firstOld > 0 && firstNew > 0 && b.space(firstNew - 1).isEmpty
                runs.append(
                    DiffRun(kind: .delete, text: (isBare ? a.space(firstOld - 1) : "") + a.text(firstOld..<i))
                )
            }
            if j > firstNew { runs.append(DiffRun(kind: .insert, text: b.text(firstNew..<j))) }
        }
    }
    return runs
}

/// The shortest way from `a` to `b`, or deleting all and inserting all where it is longer than `limit`.
private func editScript(_ a: [UInt64], _ b: [UInt64], limit: Int) -> [DiffRun.Kind] {
    let whole =
        Array(repeating: DiffRun.Kind.delete, count: a.count)
        + Array(repeating: DiffRun.Kind.insert, count: b.count)
    if a.isEmpty || b.isEmpty { return whole }
    let most = min(limit, a.count + b.count)
    var furthest = [Int32](repeating: 0, count: 2 * most + 3)
    let middle = most + 1
    var trace: [[Int32]] = []
    for distance in 0...most {
        var k = -distance
        while k <= distance {
            let down =
                k == -distance || (k != distance && furthest[middle + k - 1] < furthest[middle + k + 1])
            var x = Int(down ? furthest[middle + k + 1] : furthest[middle + k - 1] + 1)
            var y = x - k
            while x < a.count, y < b.count, a[x] == b[y] {
                x += 1
                y += 1
            }
            furthest[middle + k] = Int32(x)
            if x >= a.count, y >= b.count {
                return walkBack(a.count, b.count, distance, trace)
            }
            k += 2
        }
        trace.append(Array(furthest[(middle - distance)...(middle + distance)]))
    }
    return whole
}

/// Reads the way back from the furthest points that every distance reached; `trace[d]` is for diagonals −d …
/// d.
private func walkBack(_ width: Int, _ height: Int, _ distance: Int, _ trace: [[Int32]]) -> [DiffRun.Kind] {
    var steps: [DiffRun.Kind] = []
    var x = width
    var y = height
    var distance = distance
    while distance > 0 {
        let before = trace[distance - 1]
        func reached(_ k: Int) -> Int {
            let index = k + distance - 1
            return before.indices.contains(index) ? Int(before[index]) : -1
        }
        let k = x - y
        let down = k == -distance || (k != distance && reached(k - 1) < reached(k + 1))
        let from = down ? k + 1 : k - 1
        let startX = reached(from)
        let startY = startX - from
        let stepX = down ? startX : startX + 1
        while x > stepX {
            steps.append(.equal)
            x -= 1
            y -= 1
        }
        steps.append(down ? .insert : .delete)
        x = startX
        y = startY
        distance -= 1
    }
    steps.append(contentsOf: Array(repeating: .equal, count: x))
    return steps.reversed()
}

/// A text cut into words, each with the white space behind it.
private struct DiffWords {
    let keys: [UInt64]
    /// White space before the first word.
    let lead: String
    private let bytes: [UInt8]
    private let starts: [Int]
    /// Where each word ends and the white space behind it begins.
    private let ends: [Int]

    var count: Int { keys.count }

    init(_ text: String) {
        let bytes = Array(text.utf8)
        let span = bytes.span
        var starts: [Int] = []
        var ends: [Int] = []
        var sink = KeySink()
        var position = 0
        var last = ScalarClass.space
        while position < span.count {
            let (value, next) = scalar(span, at: position)
            let kind = Self.kind(value)
            let joins = kind == .mark || (kind == .word && last == .word)
            if kind != .space {
                if !joins || starts.isEmpty || last == .space {
                    sink.end()
                    starts.append(position)
                    ends.append(next)
                }
                ends[ends.count - 1] = next
                for index in position..<next { sink.append(span[index]) }
            }
            if kind != .mark { last = kind } else if last == .space { last = .word }
            position = next
        }
        sink.end()
        keys = sink.keys
        self.bytes = bytes
        self.starts = starts
        self.ends = ends
        lead = String(decoding: bytes[..<(starts.first ?? bytes.count)], as: UTF8.self)
    }

    private static func kind(_ value: UInt32) -> ScalarClass {
        guard value < 0x80 else { return isWhiteSpace(value) ? .space : FoldedScalar.of(value).kind }
        if isWhiteSpace(value) { return .space }
        let byte = UInt8(value)
        return (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 ? .word : .symbol
    }

    /// The white space behind a word.
    func space(_ word: Int) -> String {
        let next = word + 1 < starts.count ? starts[word + 1] : bytes.count
        return String(decoding: bytes[ends[word]..<next], as: UTF8.self)
    }

    func text(_ words: Range<Int>) -> String {
        let end = words.upperBound < starts.count ? starts[words.upperBound] : bytes.count
        return String(decoding: bytes[starts[words.lowerBound]..<end], as: UTF8.self)
    }
}
