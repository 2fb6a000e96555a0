import Domain
import Testing

@testable import Scoring

/// Uses of a model in parts of a run: every count is summed, and taken off again.
@Suite struct UseSumTests {
    private func use(_ wanted: Int, pairs: Int, torn: Int) -> ModelUse {
        var use = ModelUse(ModelFacts(role: "judge", name: "j", digest: "d"), unit: "judgements")
        use.wanted = wanted
        use.inBothOrders = pairs
        use.orderDisagreed = torn
        return use
    }

    @Test func pairsInBothOrdersAreSummedLikeAllElse() {
        let (first, second) = (use(20, pairs: 10, torn: 3), use(8, pairs: 4, torn: 1))
        var sum = use(28, pairs: 14, torn: 4)
        (sum.parts, sum.lastAsked) = (2, 0)
        #expect(ModelUse.merged([first], [second]) == [sum])
        #expect(ModelUse.since([second], [first]) == [use(12, pairs: 6, torn: 2)])
    }

    /// What adds up says over how many commands, what the last of them asked and spent, and in which unit.
    @Test func aSumSaysThatItIsOne() throws {
        var (first, second, third) = (
            use(0, pairs: 0, torn: 0), use(0, pairs: 0, torn: 0), use(0, pairs: 0, torn: 0)
        )
        (first.asked, first.money, first.currency) = (180, 0.5, "EUR")
        (second.asked, second.money, second.currency) = (60, 0.25, "EUR")
        (third.asked, third.currency) = (3, nil)
        let two = ModelUse.merged([first], [second])[0]
        #expect(two.parts == 2 && two.asked == 240 && two.money == 0.75)
        #expect(two.lastAsked == 60 && two.lastMoney == 0.25 && two.currency == "EUR")
        let three = ModelUse.merged([two], [third])[0]
        #expect(three.parts == 3 && three.asked == 243 && three.lastAsked == 3 && three.lastMoney == nil)
        #expect(three.currency == "EUR")
        var kept = KeptScores()
        kept.uses = [three, first]
        #expect(try KeptScores(kept.encoded()).uses == [three, first])
    }
}
