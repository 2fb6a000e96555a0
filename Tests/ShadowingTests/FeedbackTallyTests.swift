import Domain
import Shadowing
import Statistics
import Testing

@Suite struct FeedbackTallyTests {
    private func exchange(
        _ id: String, key: UInt64?, served: LiveArm?, _ said: Feedback...
    ) -> Exchange {
        var exchange = Exchange(
            id: id, gateway: "g", number: 1, began: 0, assigned: served ?? .production, method: "POST",
            path: "/")
        exchange.key = key
        exchange.served = served
        exchange.feedback = said
        return exchange
    }

    private func said(
        _ thumb: Feedback.Thumb? = nil, escalated: Bool? = nil, resolved: Bool? = nil
    ) -> Feedback {
        Feedback(request: "r", received: 0, thumb: thumb, isEscalated: escalated, isResolved: resolved)
    }

    @Test func aUserCountsOnceAndOnlyWhereHeSpoke() throws {
        var tally = FeedbackTally()
        // One user of production is unhappy twice and well once; another is well.
        tally.add(exchange("a", key: 1, served: .production, said(.down), said(.up)))
        tally.add(exchange("b", key: 1, served: .production, said(.down)))
        tally.add(exchange("c", key: 2, served: .production, said(.up, resolved: true)))
        // Users of the candidate; one without a key; one who got no answer; a retry.
        tally.add(exchange("d", key: 3, served: .candidate, said(escalated: true)))
        tally.add(exchange("e", key: nil, served: .candidate, said(escalated: false)))
        tally.add(exchange("f", key: nil, served: .candidate, said(escalated: true)))
        tally.add(exchange("g", key: 4, served: nil, said(.down)))
        var again = exchange("d", key: 5, served: .candidate, said(escalated: true))
        again.isRepeat = true
        tally.add(again)
        let rates = tally.rates(confidence: 0.9)
        #expect(
            rates.map { "\($0.arm) \($0.word.rawValue) \($0.saying)/\($0.keys)" } == [
                "production thumbs down 1/2", "candidate escalated 2/3", "production not resolved 0/1",
            ])
        let down = try #require(rates.first)
        #expect(down.interval.lower > 0 && down.interval.upper < 1)
        #expect(FeedbackTally().rates(confidence: 0.9).isEmpty)
    }
}
