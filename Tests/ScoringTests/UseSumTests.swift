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
        #expect(ModelUse.merged([first], [second]) == [use(28, pairs: 14, torn: 4)])
        #expect(ModelUse.since([second], [first]) == [use(12, pairs: 6, torn: 2)])
    }
}
