import Statistics

/// What became of the requests on their way to a comparison: what was not compared is counted, with the reason.
public struct JoinCounts: Sendable {
    public struct Reason: Sendable, Hashable {
        public let words: String
        public let count: Int

        public init(words: String, count: Int) {
            self.words = words
            self.count = count
        }
    }

    /// Every exchange that was read.
    public var seen = 0
    /// Sent again by the client under the same id: counted once.
    public var repeated = 0
    /// The candidate was not asked: not sampled, not opted in.
    public var notAsked = 0
    /// Answered by the candidate alone: no pair.
    public var candidateAlone = 0
    /// The candidate was to be asked, and production's answer is there.
    public var chosen = 0
    /// Both arms are known: answers, and failures of their own.
    public var joined = 0
    /// Likewise with the third arm.
    public var joinedThree = 0
    /// Of those chosen, what one arm is unknown for, most frequent first.
    public var lost: [Reason] = []
    /// Of those joined, the ones captured beside live traffic.
    public var live = 0
    /// Of those joined, the ones that an arm answered with a failure, a 4xx included.
    public var failedProduction = 0
    public var failedCandidate = 0
    /// Numbers that gateways gave to requests, and which are not among what was read.
    public var missingNumbers = 0
    /// Of those joined, the ones whose documents have nothing to be told apart by.
    public var namelessDocuments = 0
    /// Records that could not be read, and were set aside.
    public var unread = 0
    /// Distinct keys among the joined ones; a request without a key is one of its own.
    public var keys = 0
    public var keyless = 0

    public init() {}

    /// Whether times of the arms are of unequal load.
    public var isUnequal: Bool { live > 0 }

    public var lostCount: Int { chosen - joined }

    /// The share of chosen requests that are not joined, by requests.
    public var loss: Estimate? {
        guard chosen > 0, let interval = try? wilsonInterval(successes: lostCount, trials: chosen) else {
            return nil
        }
        return try? Estimate(
            value: Double(lostCount) / Double(chosen), interval: interval, n: chosen,
            method: "share of requests")
    }
}
