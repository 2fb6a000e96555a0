import Metrics

/// What one arm's examples were measured to be, in the shape that the metric's aggregate asks for.
enum ArmNumbers: Sendable {
    /// A score an example, averaged over its repeats; NaN where it has none.
    case scores([Double])
    /// Every measured repeat by itself: what a percentile and an extreme are of.
    case repeats(RepeatRows)
    case sums(SparseRows)
    case labels(LabelRows)
    /// Texts, which are compared and not aggregated.
    case texts(count: Int)

    var count: Int {
        switch self {
        case .scores(let values): values.count
        case .repeats(let rows): rows.count
        case .sums(let rows): rows.count
        case .labels(let rows): rows.count
        case .texts(let count): count
        }
    }

    /// What stands for an example that an arm did not measure.
    enum Filler {
        case score(Double)
        case sums([Double])
        case labels(expected: Int32, predicted: Int32)
    }

    /// The numbers of the listed examples in their order; those without a measurement get the filler.
    func picked(_ examples: [Int], _ states: [ArmSample.State], _ filler: (Int) -> Filler?) -> ArmNumbers {
        // All of them, as they are: nothing to copy.
        if examples.count == count,
            examples.indices.allSatisfy({ examples[$0] == $0 && states[$0] == .value })
        {
            return self
        }
        switch self {
        case .scores(let values):
            var picked: [Double] = []
            picked.reserveCapacity(examples.count)
            for example in examples {
                if states[example] == .value {
                    picked.append(values[example])
                } else if case .score(let value)? = filler(example) {
                    picked.append(value)
                } else {
                    picked.append(.nan)
                }
            }
            return .scores(picked)
        case .repeats(let rows):
            var picked = RepeatRows()
            for example in examples {
                if states[example] == .value {
                    picked.append(rows.values(of: example))
                } else if case .score(let value)? = filler(example) {
                    picked.append([value])
                } else {
                    picked.append([])
                }
            }
            return .repeats(picked)
        case .sums(let rows):
            var picked = SparseRows(width: rows.width)
            for example in examples {
                if states[example] == .value {
                    picked.append(example, of: rows)
                } else if case .sums(let sums)? = filler(example) {
                    picked.append(sums)
                } else {
                    picked.appendNothing()
                }
            }
            return .sums(picked)
        case .labels(let rows):
            var picked = LabelRows(names: rows.names)
            for example in examples {
                if states[example] == .value {
                    picked.append(example, of: rows)
                } else if case .labels(let expected, let predicted)? = filler(example) {
                    picked.append(expected: expected, predicted: predicted)
                    picked.close()
                } else {
                    picked.close()
                }
            }
            return .labels(picked)
        case .texts: return .texts(count: examples.count)
        }
    }
}

/// Numbers of an example's repeats, each by itself.
struct RepeatRows: Sendable {
    private(set) var starts: [Int32] = [0]
    private(set) var values: [Double] = []

    var count: Int { starts.count - 1 }

    mutating func append(_ row: some Sequence<Double>) {
        values.append(contentsOf: row)
        starts.append(Int32(values.count))
    }

    func values(of row: Int) -> ArraySlice<Double> { values[Int(starts[row])..<Int(starts[row + 1])] }

    /// The example of each value.
    var owners: [Int32] {
        var owners: [Int32] = []
        owners.reserveCapacity(values.count)
        for row in 0..<count {
            for _ in starts[row]..<starts[row + 1] { owners.append(Int32(row)) }
        }
        return owners
    }
}

/// Rows of component sums with their zeros left out: thirty components of a calibration error are mostly zeros.
struct SparseRows: Sendable {
    let width: Int
    private(set) var starts: [Int32] = [0]
    private(set) var parts: [UInt16] = []
    private(set) var values: [Double] = []

    /// - Parameters:
    ///   - rows: How many rows are to come.
    ///   - cells: How many numbers other than 0 they hold, where it is known.
    init(width: Int, rows: Int = 0, cells: Int = 0) {
        self.width = width
        starts.reserveCapacity(rows + 1)
        parts.reserveCapacity(cells)
        values.reserveCapacity(cells)
    }

    var count: Int { starts.count - 1 }

    func cells(of row: Int) -> Range<Int> { Int(starts[row])..<Int(starts[row + 1]) }

    mutating func append(_ sums: [Double]) {
        for (part, value) in sums.enumerated() where value != 0 {
            parts.append(UInt16(part))
            values.append(value)
        }
        starts.append(Int32(parts.count))
    }

    mutating func append(_ row: Int, of other: SparseRows) {
        for cell in other.cells(of: row) {
            parts.append(other.parts[cell])
            values.append(other.values[cell])
        }
        starts.append(Int32(parts.count))
    }

    mutating func appendNothing() { starts.append(Int32(parts.count)) }

    /// The row with its zeros.
    func sums(of row: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: width)
        for cell in cells(of: row) { sums[Int(parts[cell])] = values[cell] }
        return sums
    }

    func totals(_ weights: Span<Int32>) -> [Double] {
        var totals = [Double](repeating: 0, count: width)
        // The innermost loop of resampling; every place was made by `append`.
        parts.withUnsafeBufferPointer { parts in
            values.withUnsafeBufferPointer { values in
                totals.withUnsafeMutableBufferPointer { totals in
                    for row in 0..<count where weights[row] != 0 {
                        let weight = Double(weights[row])
                        for cell in Int(starts[row])..<Int(starts[row + 1]) {
                            totals[Int(parts[cell])] += weight * values[cell]
                        }
                    }
                }
            }
        }
        return totals
    }
}

/// Pairs of expected and predicted label, one for every measured repeat of an example.
struct LabelRows: Sendable {
    /// What the codes stand for.
    var names: [String]
    private(set) var starts: [Int32] = [0]
    private(set) var expected: [Int32] = []
    /// Negative where the app gave no label.
    private(set) var predicted: [Int32] = []

    init(names: [String]) { self.names = names }

    var count: Int { starts.count - 1 }

    func cells(of row: Int) -> Range<Int> { Int(starts[row])..<Int(starts[row + 1]) }

    mutating func append(expected: Int32, predicted: Int32) {
        self.expected.append(expected)
        self.predicted.append(predicted)
    }

    /// Ends an example: what was appended since the last end is its repeats.
    mutating func close() { starts.append(Int32(expected.count)) }

    mutating func append(_ row: Int, of other: LabelRows) {
        for cell in other.cells(of: row) {
            append(expected: other.expected[cell], predicted: other.predicted[cell])
        }
        close()
    }

    /// The share of an example's repeats whose label is the expected one.
    func rightShare(_ row: Int) -> Double {
        let cells = cells(of: row)
        guard !cells.isEmpty else { return .nan }
        return Double(cells.count { expected[$0] == predicted[$0] }) / Double(cells.count)
    }

    /// The same pairs under codes for other names, which hold all of these.
    func recoded(_ names: [String]) -> LabelRows {
        guard names != self.names else { return self }
        var codes: [String: Int32] = [:]
        for (code, name) in names.enumerated() { codes[name] = Int32(code) }
        let table = self.names.map { codes[$0] ?? -1 }
        var other = self
        other.names = names
        for cell in expected.indices {
            other.expected[cell] = table[Int(expected[cell])]
            if predicted[cell] >= 0 { other.predicted[cell] = table[Int(predicted[cell])] }
        }
        return other
    }
}
