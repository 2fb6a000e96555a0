import BERT
import Testing

@Suite struct WindowsTests {
    @Test(arguments: [(0, 5), (1, 5), (5, 5), (6, 5), (11, 5), (1000, 254), (7, 1), (3, 0)])
    func windowsCoverAllTokensAndAreNearlyEqual(count: Int, longest: Int) {
        let windows = Windows.cut(count, longest: longest)
        #expect(windows.flatMap { Array($0) } == Array(0..<count))
        let sizes = windows.map(\.count)
        #expect(sizes.allSatisfy { $0 <= max(1, longest) })
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        #expect(windows.count == max(1, (count + max(1, longest) - 1) / max(1, longest)))
    }
}
