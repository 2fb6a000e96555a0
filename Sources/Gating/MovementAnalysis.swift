import Domain
import Metrics

/// Which single examples passed before and fail now, over the quality metrics that the rules speak of.
///
/// An example counts once, by the metric on which it moved furthest; one that lost on a metric and won on another
/// has lost. What the candidate no longer shows counts as its worst.
struct MovementAnalysis {
    private let table: GateTable
    /// By example; never walked in a dictionary's own order.
    private var worse: [Int: Move] = [:]
    private var better: [Int: Move] = [:]
    private var hasMoved: [Bool]
    private var isCompared: [Bool]
    private var metrics: [String] = []
    /// How many examples are listed each way; all are counted.
    private static let listed = 50

    private struct Move {
        let metric: Int
        let was: Double
        let now: Double
        var size: Double { abs(now - was) }
    }

    init(table: GateTable) {
        self.table = table
        hasMoved = Array(repeating: false, count: table.count)
        isCompared = hasMoved
    }

    mutating func add(_ name: String) throws {
        guard let definition = table.definitions[name], definition.tier == .quality,
            definition.unit == .ratio,
            definition.direction != .neither, let after = try table.sample(name, .candidate),
            let before = try table.sample(name, .baseline)
        else { return }
        let isHigher = definition.direction == .higher
        var isPassFail = definition.isPassFail
        if case .confusion = definition.aggregate { isPassFail = true }
        let threshold = isPassFail ? 1 - tolerance : 0.5
        metrics.append(name)
        for example in 0..<table.count {
            guard let was = before.grade(example) else { continue }
            var now = after.grade(example)
            if after.states[example] == .notShown || after.states[example] == .noAnswer {
                now = isHigher ? 0 : 1
            }
            guard let now else { continue }
            isCompared[example] = true
            guard now != was else { continue }
            hasMoved[example] = true
            let passed = isHigher ? was >= threshold : was <= 1 - threshold
            let passes = isHigher ? now >= threshold : now <= 1 - threshold
            let move = Move(metric: metrics.count - 1, was: was, now: now)
            if passed && !passes { MovementAnalysis.keep(&worse[example], move) }
            if !passed && passes { MovementAnalysis.keep(&better[example], move) }
        }
    }

    private static func keep(_ kept: inout Move?, _ move: Move) {
        if let known = kept, known.size >= move.size { return }
        kept = move
    }

    func movement() -> Movement {
        let gained = better.filter { worse[$0.key] == nil }
        var movement = Movement()
        movement.newlyFailingCount = worse.count
        movement.newlyPassingCount = gained.count
        let moved = hasMoved.count { $0 }
        movement.movedCount = moved - movement.newlyFailingCount - movement.newlyPassingCount
        let compared = isCompared.count { $0 }
        movement.unchangedCount = compared - moved
        movement.notComparedCount = table.count - compared
        movement.newlyFailing = items(worse)
        movement.newlyPassing = items(gained)
        return movement
    }

    /// The largest moves first, equal ones by id.
    private func items(_ moves: [Int: Move]) -> [Movement.Item] {
        let examples = moves.keys.sorted { first, second in
            let (one, two) = (moves[first]?.size ?? 0, moves[second]?.size ?? 0)
            return one != two ? one > two : first < second
        }
        return examples.prefix(MovementAnalysis.listed).compactMap { example in
            moves[example].map { move in
                Movement.Item(
                    example: table.id(example), metric: metrics[move.metric], baseline: move.was,
                    candidate: move.now)
            }
        }
    }
}
