import Domain
import Synchronization
import Testing

@testable import Traffic

@Suite struct OutcomeListenerTests {
    /// A closure that every outcome wrapped once more ended a gateway after some 80,000 requests: the stack was full.
    @Test func tellingAHundredThousandTimesCostsTheSameEachTime() {
        let listener = OutcomeListener()
        let heard = Atomic<Int>(0)
        let outcome = LiveOutcome(assigned: .candidate, arm: .candidate, key: 3, events: .error)
        listener.tell(outcome)
        listener.listen { _ in heard.add(1, ordering: .relaxed) }
        for _ in 0..<300_000 { listener.tell(outcome) }
        #expect(heard.load(ordering: .relaxed) == 300_000)
    }
}
