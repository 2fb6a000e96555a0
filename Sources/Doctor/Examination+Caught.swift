import Domain
import Gating
import Statistics

/// The smallest loss that a gate catches, sought between the two sizes of its curve that it lies between.
///
/// A straight line between them would err by most of their distance: a gate with little noise jumps from no failure
/// to all of them at its margin.
extension Examination {
    struct Caught: Sendable, Hashable {
        let size: Double
        /// What the loss does to the metric, in its unit and sign.
        let change: Double?
    }

    /// Fails so often: caught.
    private static let share = 0.8
    /// Halvings of the distance: a 64th of it is left, and a straight line within that.
    private static let rounds = 6
    private static let most = 100

    private struct Side: Sendable {
        var size: Double
        var height: Double
        var change: Double?

        init(size: Double, height: Double, change: Double?) {
            self.size = size
            self.height = height
            self.change = change
        }

        init(_ point: GatePoint) {
            size = point.size
            height = Double(point.shares.fails) / Double(max(1, point.shares.all))
            change = point.change
        }
    }

    private struct Bracket: Sendable {
        var low: Side
        var high: Side

        /// The two sizes that it lies between; nil for a gate that never catches, or has no loss to catch.
        init?(_ curve: [GatePoint]) {
            let sides = curve.map { Side($0) }
            guard let first = sides.first, first.height < 0.5,
                let place = sides.indices.dropFirst().first(where: { sides[$0].height >= share }),
                sides[place - 1].height < share
            else { return nil }
            low = sides[place - 1]
            high = sides[place]
        }

        var middle: Double { (low.size + high.size) / 2 }

        var caught: Caught {
            let part = high.height > low.height ? (share - low.height) / (high.height - low.height) : 1
            let within = min(1, max(0, part))
            var change = high.change
            if let from = low.change, let to = high.change { change = from + (to - from) * within }
            return Caught(size: low.size + (high.size - low.size) * within, change: change)
        }
    }

    /// By rule, for those that catch any loss that was tried.
    func caughtLosses(_ trials: [Trial], workers: Int) async throws -> [Int: Caught] {
        var brackets: [Int: Bracket] = [:]
        for place in input.rules.indices {
            guard dealer.noise != .none || !rehearsal.isRelative[place] else { continue }
            brackets[place] = Bracket(gateCurve(place, trials))
        }
        guard !brackets.isEmpty else { return [:] }
        let count = min(Examination.most, trials.count { !$0.planted.isEmpty })
        for _ in 0..<Examination.rounds {
            let middles = brackets.mapValues { loss(of: $0.middle) }
            for (place, side) in try await judged(middles, trials, count: count, workers: workers) {
                if side.height >= Examination.share {
                    brackets[place]?.high = side
                } else {
                    brackets[place]?.low = side
                }
            }
        }
        return brackets.mapValues(\.caught)
    }

    /// What each rule says where its own metric has lost so much, and no other.
    private func judged(
        _ losses: [Int: PlantedLoss], _ trials: [Trial], count: Int, workers: Int
    ) async throws -> [Int: Side] {
        let share = max(1, (count + max(1, workers) - 1) / max(1, workers))
        var parts: [Int: [[Int: Rehearsal.Gate]]] = [:]
        try await withThrowingTaskGroup(of: (Int, [[Int: Rehearsal.Gate]]).self) { group in
            for first in stride(from: 1, through: count, by: share) {
                let range = first..<min(first + share, count + 1)
                group.addTask { [self] in
                    var found: [[Int: Rehearsal.Gate]] = []
                    for number in range { found.append(try alone(number, losses)) }
                    return (first, found)
                }
            }
            for try await (first, found) in group { parts[first] = found }
        }
        let all = parts.keys.sorted().flatMap { parts[$0, default: []] }
        var sides: [Int: Side] = [:]
        for (place, loss) in losses {
            var fails = 0
            var changes: [Double] = []
            for (trial, gates) in zip(trials, all) {
                guard let gate = gates[place] else { continue }
                if gate.outcome == .fails { fails += 1 }
                if let before = trial.unchanged.gates[place].candidate, let after = gate.candidate {
                    changes.append(after - before)
                }
            }
            sides[place] = Side(
                size: loss.size, height: Double(fails) / Double(max(1, all.count)), change: mean(changes))
        }
        return sides
    }
}
