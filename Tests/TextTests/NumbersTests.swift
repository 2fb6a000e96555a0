import Testing
import Text

@Suite struct NumbersTests {
    @Test(arguments: [
        (0.8605, 3, "0.861"), (0.125, 2, "0.12"), (-0.0004, 3, "0.000"), (-1.5, 1, "−1.5"),
        (1e15, 0, "1000000000000000"),
        (.nan, 2, "–"), (.infinity, 2, "∞"), (-.infinity, 2, "−∞"), (2.5, 0, "2"), (-0.0, 1, "0.0"),
    ])
    func decimalsAreFixed(_ value: Double, _ decimals: Int, _ text: String) {
        #expect(Numbers.fixed(value, decimals) == text)
    }

    @Test(arguments: [
        (0.012, "+0.012"), (-0.049, "−0.049"), (0.0, "0.000"), (0.0001, "0.000"), (-0.0001, "0.000"),
    ])
    func signsAreShown(_ value: Double, _ text: String) {
        #expect(Numbers.signed(value, 3) == text)
    }

    @Test(arguments: [
        (2.0714134794819782e-20, "p < 0.0001"), (0.0213, "p 0.0213"), (1, "p 1"), (0.0001, "p 0.0001"),
    ])
    func probabilitiesAreForPeople(_ value: Double, _ text: String) {
        #expect(Numbers.probability(value) == text)
    }

    @Test func sizesThatNoScoreHasKeepThreeDigits() {
        #expect(Numbers.short(2.0714134794819782e-20) == "2.07e-20")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "−1,234,567"),
        (.min, "−9,223,372,036,854,775,808"),
    ])
    func thousandsAreGrouped(_ value: Int, _ text: String) {
        #expect(Numbers.grouped(value) == text)
    }

    @Test(arguments: [
        (0, "0 ms"), (0.42, "0.42 ms"), (812, "812 ms"), (999.6, "1.00 s"), (3500, "3.50 s"),
        (38_000, "38.0 s"),
        (59_960, "1 min"), (125_000, "2 min 5 s"), (3_720_000, "1 h 2 min"), (7_200_000, "2 h"),
        (-5, "−5.00 ms"), (.nan, "–"),
    ])
    func timesHaveTheirUnit(_ milliseconds: Double, _ text: String) {
        #expect(Numbers.duration(milliseconds: milliseconds) == text)
    }

    @Test(arguments: [
        (12.4, "12.40 USD"), (0.41, "0.41 USD"), (0.00024, "0.00024 USD"), (0, "0.00 USD"),
        (0.0999, "0.10 USD"),
        (-0.05, "−0.050 USD"),
    ])
    func moneyKeepsTwoDigits(_ value: Double, _ text: String) {
        #expect(Numbers.money(value, "USD") == text)
    }

    @Test func sharesAreInPercent() {
        #expect(Numbers.percent(0.875) == "87.5 %")
        #expect(Numbers.percent(0.9, 0) == "90 %")
    }
}

@Suite struct NearestTests {
    @Test(arguments: [
        ("kitten", "sitting", 3), ("", "abc", 3), ("flaw", "lawn", 2), ("same", "same", 0),
        ("über", "uber", 1),
    ])
    func distancesAreLevenshteins(_ left: String, _ right: String, _ distance: Int) {
        #expect(editDistance(left, right) == distance)
        #expect(editDistance(right, left) == distance)
        #expect(editDistance(left, right, limit: distance) == distance)
        if distance > 0 { #expect(editDistance(left, right, limit: distance - 1) == nil) }
    }

    @Test(arguments: [
        ("recal", "recall"), ("RECALL", "recall"), ("prescision", "precision"), ("xyz", nil),
        ("latency_", "latency"),
    ])
    func theNearestNameIsMeant(_ wrong: String, _ meant: String?) {
        #expect(nearest(wrong, in: ["precision", "recall", "latency", "mrr"]) == meant)
    }

    @Test func lettersThatChangedPlacesAreOneSlip() {
        #expect(nearest("evla", in: ["report", "eval"]) == "eval")
        #expect(nearest("lave", in: ["report", "eval"]) == nil)
        #expect(nearest(String(repeating: "x", count: 1_000), in: ["eval"]) == nil)
    }

    @Test func phrasesAreFoundWhateverTheirLength() {
        let finder = PhraseFinder(["Dark Fantasy", "AI", "", "été"])
        for text in ["a DARK  fantasy tale", "the ai", "un ÉTÉ"] {
            #expect(finder.occurs(inFolded: foldingCase(foldingSpace(text))))
        }
        #expect(!finder.occurs(inFolded: "dark fantas"))
        #expect(!PhraseFinder([""]).occurs(inFolded: "anything"))
    }
}
