import Statistics
import Testing

@testable import Simulation

/// Every claim of docs/operating-characteristics.md, on shorter series: `make characteristics` runs the long ones.
@Suite struct CharacteristicTests {
    /// Of one cell; few enough for a test, many enough to tell α = .01 from .05.
    private static let replications = 100

    private static func count(_ cell: CharacteristicCell) -> Int {
        // α .001 and .006 need no more: three alarms among them are a chance of a thousandth.
        min(cell.replications, cell.alpha >= 0.05 ? 400 : replications)
    }

    @Test func noSequenceExceedsItsAlphaWhereItsAssumptionsHold() async throws {
        var cells = 0
        for section in try CharacteristicCatalogue.sections(.short) where section.measure == .share {
            for row in section.rows where row.assumptions == .hold {
                for cell in row.cells {
                    guard let cell else { continue }
                    let result = await CharacteristicResult.of(
                        cell, replications: Self.count(cell), workers: 2)
                    cells += 1
                    // At .0001 a cell: over all cells a false alarm of this test in a hundred seeds.
                    #expect(
                        !result.share.exceeds(cell.alpha, alpha: 1e-4),
                        "\(section.title): \(row.name): \(result.share.count) of \(result.share.replications)"
                    )
                }
            }
        }
        #expect(cells > 60)
    }

    /// The test above can fail: where an assumption is broken badly it would.
    @Test(arguments: [
        ("What is counted: requests or sticky keys", "every failing request"),
        ("Differences of means: false alarms", "ten requests of each user taken as ten values"),
        ("2×2 e-process for common outcomes without a key: false alarms", "outcomes that come six at a time"),
        (
            "Quantiles: sequences that ever exclude the true one",
            "ten requests of each user that are equally slow"
        ),
        ("Scheduled looks: false alarms", "O'Brien–Fleming, 4 looks, errors in bursts of six"),
        (
            "Judged pass and fail: candidates at their margin that ship",
            "the same judge, margin m as it stands"
        ),
        (
            "The retry lottery: candidates at their margin that ship in the end",
            "5 %, each try adds as many fresh examples"
        ),
        (
            "Mixes of categories: false alarms of healthy windows",
            "2·m·KL as χ², the reference taken for the truth"
        ),
        ("Numbers: false alarms of healthy windows", "each value six times over"),
        (
            "CUSUM: false alarms within 100 nights, by how the chart was armed",
            "baseline of 50, series as it is"
        ),
        ("Families of charts: years with a false alarm", "limit of a single chart, independent charts"),
        ("Seasonal series: false alarms within a week of hours", "the series as it is"),
    ])
    func aBrokenAssumptionShows(title: String, name: String) async throws {
        let section = try #require(try CharacteristicCatalogue.sections(.short).first { $0.title == title })
        let row = try #require(section.rows.first { $0.name == name })
        let cell = try #require(row.cells.compactMap(\.self).last)
        let result = await CharacteristicResult.of(cell, replications: 300, workers: 2)
        #expect(result.share.exceeds(cell.alpha, alpha: 1e-4), "\(result.share)")
    }

    @Test func everyRowHasACellForEachColumnAndANameOfItsOwn() throws {
        let sections = try CharacteristicCatalogue.sections(.short)
        #expect(Set(sections.map(\.title)).count == sections.count)
        for section in sections {
            #expect(Set(section.rows.map(\.name)).count == section.rows.count, "\(section.title)")
            for row in section.rows { #expect(row.cells.count == section.columns.count, "\(row.name)") }
        }
    }

    /// FORMULAS: |z| > 1.96 at 100 looks 37 %, one-sided 1.645 31 %.
    @Test(arguments: [("two-sided, z beyond 1.96", 0.37), ("one-sided, z above 1.645", 0.31)])
    func peekingCostsWhatTheDesignSays(name: String, share: Double) async throws {
        let section = try #require(
            try CharacteristicCatalogue.sections(.short).first { $0.title == "A z-test that is peeked at" })
        let cell = try #require(section.rows.first { $0.name == name }?.cells[3])
        let result = await CharacteristicResult.of(cell, replications: 5000, workers: 2)
        #expect(abs(result.share.value - share) < 0.02, "\(result.share)")
    }

    /// FORMULAS: requests of the candidate until the alarm, median and 90 %, at 10 % of the traffic.
    @Test(arguments: [
        (".1 → 1 %", 709.0, 1400.0), ("1 → 5 %", 222, 451), ("5 → 10 %", 442, 806),
    ])
    func theCanaryFiguresAreReproduced(name: String, median: Double, ninety: Double) async throws {
        let section = try #require(
            try CharacteristicCatalogue.sections(.short).first { $0.title.contains("at 10 % of the traffic") }
        )
        let cell = try #require(section.rows.first { $0.name == name }?.cells[0])
        let result = await CharacteristicResult.of(cell, replications: 600, workers: 2)
        #expect(result.share.value == 1)
        let found = try (#require(result.median.value), #require(result.ninety.value))
        // The quantiles of 600 rollouts vary by some per cent, as those of the design do.
        #expect(abs(found.0 / median - 1) < 0.12, "\(found)")
        #expect(abs(found.1 / ninety - 1) < 0.12, "\(found)")
    }

    /// FORMULAS: five tries at true d = −m ship 13.5 % instead of 5 %.
    @Test func theRetryLotteryPaysAsTheDesignSays() async throws {
        let section = try #require(
            try CharacteristicCatalogue.sections(.short).first { $0.title.hasPrefix("The retry lottery") })
        let cell = try #require(
            section.rows.first { $0.name == "5 %, each try adds as many fresh examples" }?.cells[2])
        let result = await CharacteristicResult.of(cell, replications: 8000, workers: 2)
        #expect(abs(result.share.value - 0.135) < 0.015, "\(result.share)")
    }
}
