import Testing
import Text

@Suite struct KeyCountsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let left: [UInt64]
        let right: [UInt64]
        let shared: Int
        var testDescription: String { "\(left.count) keys and \(right.count)" }
    }

    /// Counted by hand; the last ones meet in one place of a table of sixteen.
    @Test(arguments: [
        Case(left: [], right: [], shared: 0),
        Case(left: [1, 2, 2], right: [], shared: 0),
        Case(left: [], right: [0], shared: 0),
        Case(left: [0, 0, 5], right: [0, 5, 5, 0, 0], shared: 3),
        Case(left: [7, 7, 7], right: [7], shared: 1),
        Case(left: [3, 19, 35, 19], right: [35, 19, 51, 19, 3, 3], shared: 4),
    ])
    func sharedKeysCountAsOftenAsBothHaveThem(_ one: Case) {
        #expect(KeyCounts(one.left).shared(with: one.right) == one.shared)
        #expect(KeyCounts(one.right).shared(with: one.left) == one.shared)
    }

    /// Held against the merge of sorted lists, which is another algorithm.
    @Test(arguments: [0, 1, 5, 64, 500]) func manyKeysAgreeWithTheMergeOfSortedLists(_ count: Int) {
        var state: UInt64 = 7
        func keys() -> [UInt64] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 33) % UInt64(count / 3 + 1)
            }
        }
        let (left, right) = (keys(), keys())
        let table = KeyCounts(left)
        #expect(table.count == count)
        #expect(table.shared(with: right) == sharedCount(sorted: left.sorted(), sorted: right.sorted()))
        #expect(table.shared(with: left) == count)
    }

    @Test(arguments: [[], [4], [4, 9, 4, 9, 1, 1, 2]] as [[UInt64]])
    func runsMadeOfShorterRunsAreThoseMadeAlone(_ tokens: [UInt64]) {
        let orders = ngramKeys(tokens, upTo: 6)
        #expect(orders.count == 6)
        for order in 1...6 { #expect(orders[order - 1] == ngramKeys(tokens, order: order)) }
    }
}
