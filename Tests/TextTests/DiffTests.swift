import Testing
import Text

private func sides(_ runs: [DiffRun]) -> (old: String, new: String) {
    var old = ""
    var new = ""
    for run in runs {
        if run.kind != .insert { old += run.text }
        if run.kind != .delete { new += run.text }
    }
    return (old, new)
}

private func shorthand(_ runs: [DiffRun]) -> String {
    runs.map { run in
        switch run.kind {
        case .equal: run.text
        case .delete: "[-\(run.text)-]"
        case .insert: "{+\(run.text)+}"
        }
    }.joined()
}

@Suite struct DiffTests {
    @Test(arguments: [
        ("the cat sat", "the cat sat", "the cat sat"),
        ("the cat sat", "the dog sat", "the [-cat -]{+dog +}sat"),
        ("a b c", "b c d", "[-a -]b c {+d+}"),
        ("", "new", "{+new+}"), ("old", "", "[-old-]"), ("", "", ""),
        ("Yes.", "Yes!", "Yes[-.-]{+!+}"),
        ("東京は", "大阪は", "[-東京-]{+大阪+}は"),
        ("x", "  x", "{+  +}x"),
    ])
    func changesAreShownWordByWord(_ old: String, _ new: String, _ expected: String) {
        let runs = wordDiff(old, new)
        #expect(shorthand(runs) == expected)
    }

    /// The number of changed words equals what a plain table of longest common subsequences gives.
    @Test(arguments: 0..<200)
    func theDiffIsShortestAndGivesBothTextsBack(_ seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func draw(_ below: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(below))
        }
        let a = (0..<draw(30)).map { _ in ["a", "b", "c", "d"][draw(4)] }
        let b = (0..<draw(30)).map { _ in ["a", "b", "c", "d"][draw(4)] }
        let old = a.joined(separator: " ")
        let new = b.joined(separator: " ")
        let runs = wordDiff(old, new)
        #expect(sides(runs).new == new)
        #expect(words(sides(runs).old) == a)
        var table = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0..<a.count {
            for j in 0..<b.count {
                table[i + 1][j + 1] = a[i] == b[j] ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
            }
        }
        let common = table[a.count][b.count]
        let changed = runs.filter { $0.kind != .equal }.reduce(0) { $0 + words($1.text).count }
        #expect(changed == a.count + b.count - 2 * common)
        #expect(commonSubsequenceLength(wordKeys(old), wordKeys(new)) == common)
    }

    @Test func tooManyDifferencesAreOneDeletionAndOneInsertion() {
        let old = "same " + (0..<3000).map { "a\($0)" }.joined(separator: " ") + " end"
        let new = "same " + (0..<3000).map { "b\($0)" }.joined(separator: " ") + " end"
        let runs = wordDiff(old, new)
        #expect(runs.map(\.kind) == [.equal, .delete, .insert, .equal])
        #expect(sides(runs) == (old, new))
    }
}

@Suite struct SubsequenceTests {
    /// Beyond one machine word, against the plain table.
    @Test(arguments: [(63, 64), (64, 64), (65, 300), (128, 129), (500, 700), (1, 1000), (0, 5)])
    func lengthsAreThoseOfThePlainTable(_ m: Int, _ n: Int) {
        var state: UInt64 = 42 &+ UInt64(m * 1000 + n)
        func draw() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % 7
        }
        let a = (0..<m).map { _ in draw() }
        let b = (0..<n).map { _ in draw() }
        var row = [Int](repeating: 0, count: n + 1)
        for i in 0..<m {
            var diagonal = 0
            for j in 0..<n {
                let above = row[j + 1]
                row[j + 1] = a[i] == b[j] ? diagonal + 1 : max(above, row[j])
                diagonal = above
            }
        }
        #expect(commonSubsequenceLength(a, b) == row[n])
        #expect(commonSubsequenceLength(b, a) == row[n])
    }

    @Test func whatWouldCostTooMuchIsNotTried() {
        let long = Array(repeating: UInt64(1), count: 200_000)
        #expect(commonSubsequenceLength(long, long) == nil)
        #expect(commonSubsequenceLength(long, Array(long.prefix(100))) == 100)
    }
}
