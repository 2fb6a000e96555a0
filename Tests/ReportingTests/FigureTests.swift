import Reporting
import Testing

@Suite struct FigureTests {
    @Test(
        arguments: [
            ("ratio", nil, 0.8612, "0.861"), ("ratio", nil, 1, "1.000"), ("ratio", nil, 0.00042, "0.00042"),
            ("ratio", nil, -0.049, "−0.049"), ("milliseconds", nil, 2310.4, "2,310 ms"),
            ("milliseconds", nil, 41.26, "41.3 ms"), ("milliseconds", nil, 0.5, "0.50 ms"),
            ("money", "USD", 0.0812, "0.0812 USD"), ("money", "EUR", 12.5, "12.50 EUR"),
            ("money", nil, 3, "3.00"),
            ("tokens", nil, 118, "118 tokens"), ("tokens", nil, 118.44, "118.4 tokens"),
            ("characters", nil, 1234.5, "1,234 chars"), ("count", nil, 1_234_567, "1,234,567"),
        ] as [(String, String?, Double, String)])
    func valuesAreWrittenByTheirUnit(_ unit: String, _ currency: String?, _ value: Double, _ text: String) {
        #expect(Figure(unit: unit, currency: currency, numbers: [value]).value(value) == text)
    }

    @Test(arguments: [
        (0.003, "+0.003"), (-0.0491, "−0.049"), (0, "0.000"), (0.0001, "0.000"), (-0.0004, "0.000"),
    ])
    func differencesCarryTheirSign(_ value: Double, _ text: String) {
        #expect(Figure(suffix: "", decimals: 3).signed(value) == text)
    }

    @Test func numbersThatStandTogetherShareTheirDecimals() {
        let figure = Figure(unit: "milliseconds", numbers: [2310, 9.5])
        #expect(figure.value(9.5) == "10 ms")
        #expect(figure.value(2310) == "2,310 ms")
    }

    @Test(
        arguments: [
            (999.0, 0, "999"), (1000, 0, "1,000"), (-1_234_567.891, 2, "−1,234,567.89"),
            (999.99, 1, "1,000.0"),
            (1e300, 2, "1e+300"), (.nan, 2, "–"), (.infinity, 2, "∞"),
        ] as [(Double, Int, String)])
    func thousandsArePartedAndExtremesStayShort(_ value: Double, _ decimals: Int, _ text: String) {
        #expect(Figure.fixed(value, decimals: decimals) == text)
    }
}
