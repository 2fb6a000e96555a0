import Statistics
import Testing

@Suite struct ValueTests {
    @Test func anIntervalIsFiniteAndInOrder() throws {
        let interval = try Interval(lower: -0.2, upper: 0.1, confidence: 0.9, method: "m")
        #expect(interval.clamped(to: 0...1).lower == 0)
        #expect(interval.contains(0.1) && !interval.contains(0.11))
        for (lower, upper) in [(1.0, 0.0), (.nan, 1), (0, .infinity), (-.infinity, 0)] {
            #expect(throws: EstimateError.overflow) {
                try Interval(lower: lower, upper: upper, confidence: 0.9, method: "m")
            }
        }
        for confidence in [0, 1, -1, Double.nan] {
            #expect(throws: EstimateError.self) {
                try Interval(lower: 0, upper: 1, confidence: confidence, method: "m")
            }
        }
    }

    @Test func anEstimateIsANumber() throws {
        #expect(try Estimate(value: 0.5, n: 3, method: "mean").interval == nil)
        #expect(throws: EstimateError.self) { try Estimate(value: .nan, n: 3, method: "mean") }
        #expect(throws: EstimateError.self) { try Estimate(value: 1, n: -1, method: "mean") }
        #expect(throws: EstimateError.self) { try TestResult(pValue: .nan, method: "t") }
        #expect(throws: EstimateError.self) { try TestResult(pValue: -0.1, method: "t") }
    }

    @Test func errorsSayWhatIsNeeded() {
        #expect(
            "\(EstimateError.tooFew(count: 40, needed: 59))" == "40 observations are too few: 59 are needed")
    }
}
