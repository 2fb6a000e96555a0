import Glibc
import Statistics

/// Who makes the requests: sticky keys, and how unevenly they use the app.
public enum UserPopulation: Sendable, Hashable {
    /// Every request is a user of its own.
    case everyRequest
    /// So many users, all equally active.
    case equal(users: Int)
    /// So many users whose activity has a Pareto tail: the share of users with more than x requests falls as
    /// `x^-index`.
    case heavyTailed(users: Int, index: Double)

    /// Users of one activity.
    struct Group: Sendable {
        let users: Int
        /// The part of all requests that one of them makes.
        let weight: Double
    }

    /// Users by activity; none where every request is a user.
    ///
    /// The tail is cut into groups that differ twofold: so the draws of a second do not depend on the number of
    /// users.
    var groups: [Group] {
        switch self {
        case .everyRequest: return []
        case .equal(let users): return [Group(users: users, weight: 1 / Double(users))]
        case .heavyTailed(let users, let index):
            var counts: [Int] = []
            var left = users
            let stay = exp2(-index)
            var expected = Double(users) * (1 - stay)
            while left > 0, counts.count < 40 {
                let count = min(left, max(1, Int(expected.rounded())))
                counts.append(count)
                left -= count
                expected *= stay
                if expected < 0.5 { break }
            }
            counts[0] += left
            var total = 0.0
            for (step, count) in counts.enumerated() { total += Double(count) * exp2(Double(step)) }
            var groups: [Group] = []
            for (step, count) in counts.enumerated() {
                groups.append(Group(users: count, weight: exp2(Double(step)) / total))
            }
            return groups
        }
    }

    /// How many users there are; nil where every request is one.
    public var users: Int? {
        switch self {
        case .everyRequest: nil
        case .equal(let users), .heavyTailed(let users, _): users
        }
    }
}
