import Domain
import Statistics

/// What users said of the answers that they got, arm by arm.
///
/// The unit is the key: a user who said it of one answer counts once, as one who says so. Copies were seen by nobody and
/// are in none of it. Users of the two arms are different users: the shares stand beside each other, and nothing is
/// claimed of their difference.
public struct FeedbackTally: Sendable {
    /// The share of keys that said something, among those that spoke of it.
    public struct Rate: Sendable, Hashable {
        public let arm: LiveArm
        public let word: Word
        public let keys: Int
        public let saying: Int
        public let interval: Interval
    }

    public enum Word: String, Sendable, Hashable, CaseIterable {
        case down = "thumbs down"
        case escalated
        case unresolved = "not resolved"
        case overridden
    }

    private struct Place: Hashable {
        let arm: LiveArm
        let word: Word
    }

    private var said: [Place: [String: Bool]] = [:]
    /// Pieces of feedback that were joined.
    public private(set) var count = 0

    public init() {}

    /// Takes the feedback on the answer that the user of an exchange got.
    public mutating func add(_ exchange: Exchange) {
        guard let arm = exchange.served, !exchange.isRepeat else { return }
        let key = exchange.key.map { String($0, radix: 16) } ?? "request " + exchange.id
        for piece in exchange.feedback {
            count += 1
            note(.down, piece.thumb.map { $0 == .down }, arm, key)
            note(.escalated, piece.isEscalated, arm, key)
            note(.unresolved, piece.isResolved.map { !$0 }, arm, key)
            note(.overridden, piece.isOverridden, arm, key)
        }
    }

    private mutating func note(_ word: Word, _ says: Bool?, _ arm: LiveArm, _ key: String) {
        guard let says else { return }
        let before = said[Place(arm: arm, word: word)]?[key] ?? false
        said[Place(arm: arm, word: word), default: [:]][key] = before || says
    }

    /// Word by word, production first; Wilson's intervals.
    public func rates(confidence: Double) -> [Rate] {
        var rates: [Rate] = []
        for word in Word.allCases {
            for arm in [LiveArm.production, .candidate] {
                guard let keys = said[Place(arm: arm, word: word)], !keys.isEmpty else { continue }
                let saying = keys.values.count { $0 }
                do throws(EstimateError) {
                    let interval = try wilsonInterval(
                        successes: saying, trials: keys.count, confidence: confidence)
                    rates.append(
                        Rate(arm: arm, word: word, keys: keys.count, saying: saying, interval: interval))
                } catch { continue }
            }
        }
        return rates
    }
}
