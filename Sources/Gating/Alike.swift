/// Examples that both arms labelled alike, counted together: what is computed of labels depends on how often each
/// such pair of answers was drawn, and there are far fewer of those than examples.
struct Alike: Sendable {
    /// One example of each kind, for both arms.
    let before: LabelRows
    let after: LabelRows
    /// How many examples there are of each kind.
    let counts: [Int]
    private let kind: [Int32]

    init(_ before: LabelRows, _ after: LabelRows) {
        var kinds: [[Int32]: Int32] = [:]
        var first = LabelRows(names: before.names)
        var second = LabelRows(names: after.names)
        var kind: [Int32] = []
        kind.reserveCapacity(before.count)
        for example in 0..<before.count {
            var key: [Int32] = []
            for cell in before.cells(of: example) { key += [before.expected[cell], before.predicted[cell]] }
            // No label has the code -2.
            key.append(-2)
            for cell in after.cells(of: example) { key += [after.expected[cell], after.predicted[cell]] }
            if let known = kinds[key] {
                kind.append(known)
                continue
            }
            let new = Int32(kinds.count)
            kinds[key] = new
            kind.append(new)
            first.append(example, of: before)
            second.append(example, of: after)
        }
        self.before = first
        self.after = second
        self.kind = kind
        var counts = [Int](repeating: 0, count: first.count)
        for place in kind { counts[Int(place)] += 1 }
        self.counts = counts
    }

    var count: Int { kind.count }

    /// Whether the arms label a kind otherwise.
    func isChanged(_ kind: Int) -> Bool {
        let (old, new) = (before.cells(of: kind), after.cells(of: kind))
        guard old.count == new.count else { return true }
        return zip(old, new).contains { one, other in
            name(before, before.predicted[one]) != name(after, after.predicted[other])
                || name(before, before.expected[one]) != name(after, after.expected[other])
        }
    }

    private func name(_ rows: LabelRows, _ code: Int32) -> String? { code < 0 ? nil : rows.names[Int(code)] }

    /// Hands on how often each kind was drawn.
    func counted<Value>(_ weights: Span<Int32>, _ body: (Span<Int32>) -> Value) -> Value {
        var counts = [Int32](repeating: 0, count: before.count)
        kind.withUnsafeBufferPointer { kind in
            counts.withUnsafeMutableBufferPointer { counts in
                for index in 0..<kind.count { counts[Int(kind[index])] &+= weights[index] }
            }
        }
        return body(counts.span)
    }
}
