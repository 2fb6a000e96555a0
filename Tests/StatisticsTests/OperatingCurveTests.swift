import Statistics
import Testing

@Suite struct OperatingCurveTests {
    /// FORMULAS: paired pass/fail, 10 % of pairs disagree, n = 500.
    @Test(arguments: [(0.02, 0.40, 0.55), (0.05, 0.97, 0.03)])
    func marginFormDoesWhatTheDesignSays(margin: Double, pass: Double, unsure: Double) throws {
        let model = try OperatingModel(.pairedRate(margin: margin, discordantShare: 0.1), examples: 500)
        let point = try model.point(at: 0)
        #expect(abs(point.pass - pass) < 0.01)
    }
}
