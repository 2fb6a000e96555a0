import Domain
import Statistics

/// Draws examples from a run with replacement, and deals their scores to two arms as an unchanged app would.
struct Dealer: Sendable {
    let pool: ScorePool
    let noise: NoiseSource
    let seed: UInt64
    private let runRepeats: Int
    private let judgedRepeats: Int
    /// Examples in the order of their ids, in which the judge reads them.
    private let order: [Int32]

    init(_ pool: ScorePool, _ input: DoctorInput) {
        self.pool = pool
        seed = input.seed
        runRepeats = input.runRepeats
        judgedRepeats = input.judgedRepeats
        let ids = pool.rows.ids
        order = (0..<Int32(ids.count)).sorted { first, second in
            let (one, two) = (ids[Int(first)], ids[Int(second)])
            return one == two ? first < second : one.utf8.lexicographicallyPrecedes(two.utf8)
        }
        noise = Dealer.noise(pool, input.isSameApp)
    }

    private static func noise(_ pool: ScorePool, _ isSameApp: Bool) -> NoiseSource {
        let hasBoth = pool.arms.count == 2
        if hasBoth, isSameApp { return .passes }
        let repeated = (0..<pool.rows.count).count { pool.rows.rows(of: $0).count >= 2 }
        // A few examples with repeats of their own are not the noise of the set.
        if 2 * repeated > pool.rows.count { return .repeats }
        return hasBoth ? .swapped : .none
    }

    /// What one drawing holds.
    struct Drawing {
        /// Both arms, of an unchanged app; nil where nothing is known of its noise.
        let pair: DrawnTable?
        /// The app as it is in both arms, each example with all its repeats.
        let alone: DrawnTable

        func planted(_ loss: PlantedLoss) -> Drawing {
            Drawing(pair: pair.map { Drawing.planted($0, loss) }, alone: Drawing.planted(alone, loss))
        }

        private static func planted(_ table: DrawnTable, _ loss: PlantedLoss) -> DrawnTable {
            DrawnTable(
                rows: table.rows, arms: table.arms, pool: table.pool, baseline: table.baseline,
                candidate: table.candidate, loss: loss, chances: table.chances)
        }
    }

    /// - Parameter trial: From 1; the same number gives the same drawing.
    func drawing(_ trial: Int) -> Drawing {
        var stream = RandomStream(seed: seed, stream: UInt64(trial))
        var counts = [Int32](repeating: 0, count: order.count)
        for _ in order.indices { counts[stream.index(below: order.count)] += 1 }
        var drawn: [Int] = []
        drawn.reserveCapacity(order.count)
        for (place, example) in order.enumerated() {
            for _ in 0..<counts[place] { drawn.append(Int(example)) }
        }
        return deal(drawn, &stream)
    }

    /// The examples as they are, each once, in the arms that asked them where there are two.
    func whole() -> Drawing {
        var stream = RandomStream(seed: seed, stream: 0)
        return deal(order.map { Int($0) }, &stream, isWhole: true)
    }

    private func deal(_ drawn: [Int], _ stream: inout RandomStream, isWhole: Bool = false) -> Drawing {
        var chances: [Double] = []
        chances.reserveCapacity(drawn.count)
        for _ in drawn { chances.append(stream.unit()) }
        var own = Deal(count: drawn.count)
        for example in drawn {
            var rows = pool.rows(of: example, pool.app).map { Int32($0) }
            let wanted = judged(of: rows.count)
            if wanted < rows.count, !isWhole {
                stream.permute(&rows)
                rows.removeLast(rows.count - wanted)
            }
            own.add(rows, rows)
        }
        let alone = table(drawn, own, chances)
        guard noise != .none else { return Drawing(pair: nil, alone: alone) }
        var pair = Deal(count: drawn.count)
        for example in drawn { deal(example, &stream, &pair, isWhole) }
        return Drawing(pair: table(drawn, pair, chances), alone: alone)
    }

    /// Repeats that a verdict would have of an example that the run asked so often: an example's own number stays.
    func judged(of made: Int) -> Int { made == runRepeats ? judgedRepeats : made }

    private func deal(_ example: Int, _ stream: inout RandomStream, _ deal: inout Deal, _ isWhole: Bool) {
        var before = pool.rows(of: example, .baseline).map { Int32($0) }
        var after = pool.rows(of: example, .candidate).map { Int32($0) }
        switch noise {
        case .passes:
            guard !isWhole else { break }
            let wanted = judged(of: before.count)
            var all = before + after
            stream.permute(&all)
            before = Array(all[..<wanted])
            after = Array(all[wanted..<(2 * wanted)])
        case .swapped:
            if !isWhole, stream.next() & 1 == 1 { swap(&before, &after) }
        case .repeats, .none:
            var all = pool.arms.contains(.baseline) ? before : after
            stream.permute(&all)
            let half = max(1, min(all.count / 2, judged(of: all.count)))
            before = Array(all[..<half])
            after = Array(all.suffix(half))
        }
        deal.add(before, after)
    }

    private func table(_ drawn: [Int], _ deal: Deal, _ chances: [Double]) -> DrawnTable {
        let slices = pool.rows.slices.map { slice in
            ScoreRows.Slice(name: slice.name, labels: slice.labels, codes: drawn.map { slice.codes[$0] })
        }
        return DrawnTable(
            rows: ScoreRows(ids: drawn.map { pool.rows.ids[$0] }, slices: slices, starts: deal.starts),
            arms: [.baseline, .candidate], pool: pool, baseline: deal.baseline, candidate: deal.candidate,
            loss: nil, chances: chances)
    }
}

/// Rows of the pool by arm, example after example.
private struct Deal {
    var starts: [Int32] = [0]
    var baseline: [Int32] = []
    var candidate: [Int32] = []

    init(count: Int) {
        starts.reserveCapacity(count + 1)
        baseline.reserveCapacity(count)
        candidate.reserveCapacity(count)
    }

    mutating func add(_ before: [Int32], _ after: [Int32]) {
        baseline += before
        candidate += after
        starts.append(Int32(baseline.count))
    }
}
