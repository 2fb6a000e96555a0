import Foundation
import Statistics
import Testing

/// Bounds, power and expected information of tests with scheduled looks.
@Suite struct GroupSequentialTests {
    static func even(_ looks: Int) -> [Double] { (1...looks).map { Double($0) / Double(looks) } }

    /// One row of the tables of Jennison and Turnbull (2000).
    struct Published: Decodable, Hashable {
        let looks: Int
        let form: String
        let alpha: Double
        let power: Double
        let bounds: String
        let parameter: Double?
        let quantity: String
        let multiples: [Double]
        let expected: [Double]
        let scale: Double
        let decimals: Int
    }

    static func design(_ row: Published) throws -> GroupSequentialDesign {
        let looks = even(row.looks)
        guard row.form == "two-sided" else {
            let spending = try AlphaSpending.power(#require(row.parameter))
            return try GroupSequentialDesign(
                alpha: row.alpha, power: row.power, spending: spending, futility: spending, information: looks
            )
        }
        let bounds: GroupSequentialBounds
        switch row.bounds {
        case "obrien-fleming":
            bounds = try .wangTsiatis(shape: 0, alpha: row.alpha, information: looks, sides: .two)
        case "pocock":
            bounds = try .wangTsiatis(shape: 0.5, alpha: row.alpha, information: looks, sides: .two)
        case "wang-tsiatis":
            let shape = try #require(row.parameter)
            bounds = try .wangTsiatis(shape: shape, alpha: row.alpha, information: looks, sides: .two)
        default:
            let spending = try AlphaSpending.power(#require(row.parameter))
            bounds = try .spending(spending, alpha: row.alpha, information: looks, sides: .two)
        }
        return try GroupSequentialDesign(bounds: bounds, power: row.power)
    }

    static func published() throws -> [Published] {
        let data = try Data(contentsOf: Oracles.folder.appendingPathComponent("group-sequential.json"))
        return try JSONDecoder().decode([Published].self, from: data)
    }

    @Test func everyRowOfThePublishedTablesToItsPrintedDigits() throws {
        var seen = 0
        for row in try Self.published() {
            let design = try Self.design(row)
            let values: [Double]
            switch row.quantity {
            case "maximum information": values = [try design.inflation()]
            case "last bound": values = [try #require(design.bounds.upper.last ?? nil)]
            default: values = try row.multiples.map { try design.expectedInformation(atMultiple: $0) }
            }
            #expect(values.count == row.expected.count)
            let unit = pow(10, Double(row.decimals))
            for (value, expected) in zip(values, row.expected) {
                #expect((value * row.scale * unit).rounded() / unit == expected, "\(row): \(value)")
            }
            seen += 1
        }
        #expect(seen == 43)
    }

    /// FORMULAS, "Scheduled looks", printed to three decimals.
    @Test(arguments: [
        [4.333, 2.963, 2.359, 2.014],
        [4.877, 3.357, 2.680, 2.290, 2.031],
    ])
    func lanDeMetsBoundsOfEvenLooks(expected: [Double]) throws {
        for sides in TestSides.allCases {
            let bounds = try GroupSequentialBounds.spending(
                .obrienFleming, alpha: 0.025, information: Self.even(expected.count), sides: sides)
            for (bound, printed) in zip(bounds.upper, expected) {
                #expect(abs(try #require(bound) - printed) <= 5.001e-4, "\(sides) \(bounds.upper)")
            }
        }
    }

    /// Jennison and Turnbull (2000), tables 2.1 and 2.9, two-sided .05: the constant is the last bound.
    @Test(arguments: [
        (0.5, 2, 2.178), (0.5, 5, 2.413), (0.5, 10, 2.555), (0.0, 2, 1.977), (0.0, 5, 2.040),
        (0.0, 10, 2.087),
    ])
    func theConstantsOfPocockAndOfOBrienAndFleming(shape: Double, looks: Int, constant: Double) throws {
        let bounds = try GroupSequentialBounds.wangTsiatis(
            shape: shape, alpha: 0.025, information: Self.even(looks), sides: .two)
        #expect(abs(try #require(bounds.upper[looks - 1]) - constant) <= 5.001e-4)
        #expect(close(try bounds.power(drift: 0), 0.025, 1e-11))
        // First over last bound: t^(shape − 1/2).
        let first = try #require(bounds.upper[0])
        let last = try #require(bounds.upper[looks - 1])
        #expect(close(first / last, pow(1 / Double(looks), shape - 0.5), 1e-12))
    }

    /// FORMULAS: |z| > 1.96 looked at 100 times alarms in 37 %, one-sided 1.645 in 31 %.
    @Test func aPeekedTestAlarmsAsOftenAsStated() throws {
        let looks = Self.even(100)
        let two = try GroupSequentialBounds(
            information: looks, upper: Array(repeating: 1.96, count: 100),
            lower: Array(repeating: -1.96, count: 100))
        let alarms = try two.exits(drift: 0).reduce(0) { $0 + $1.upper + $1.lower }
        #expect((alarms * 100).rounded() == 37, "\(alarms)")
        let one = try GroupSequentialBounds(information: looks, upper: Array(repeating: 1.6449, count: 100))
        let peeked = try one.power(drift: 0)
        #expect((peeked * 100).rounded() == 31)
    }

    @Test func oneLookIsTheFixedTest() throws {
        for alpha in [0.2, 0.025, 1e-6] {
            let z = try -Normal.quantile(alpha)
            for function in [AlphaSpending.obrienFleming, .pocock, .power(2)] {
                let bounds = try GroupSequentialBounds.spending(function, alpha: alpha, information: [7])
                #expect(close(try #require(bounds.upper[0]), z, 1e-12))
                let design = try GroupSequentialDesign(bounds: bounds, power: 0.8)
                #expect(close(try design.inflation(), 1, 1e-10))
                #expect(close(design.drift, try z + Normal.quantile(0.8), 1e-10))
            }
        }
    }

    /// Two looks by hand: P(Z₁ ≥ a or Z₂ ≥ b) = α is a bivariate normal probability (scipy.integrate.quad).
    @Test func twoLooksMatchTheIntegralOverTheFirst() throws {
        let information = [0.3, 1.0]
        let bounds = try GroupSequentialBounds.spending(.power(1), alpha: 0.05, information: information)
        let first = try #require(bounds.upper[0])
        #expect(close(first, try Normal.quantile(0.985), 1e-12))
        let second = try #require(bounds.upper[1])
        // Simpson's rule over Z₁ below the first bound.
        let steps = 40_000
        let from = -9.0
        let width = (first - from) / Double(steps)
        let correlation = 0.3.squareRoot()
        var sum = 0.0
        for index in 0...steps {
            let x = from + width * Double(index)
            let weight = index == 0 || index == steps ? 1.0 : index % 2 == 1 ? 4 : 2
            let tail = try Normal.survival((second - correlation * x) / 0.7.squareRoot())
            sum += weight * exp(-x * x / 2) / (2 * Double.pi).squareRoot() * tail
        }
        #expect(close(sum * width / 3, 0.035, 1e-11))
    }

    @Test func boundsAndExitsDoNotDependOnTheUnitOfInformation() throws {
        let plain = try GroupSequentialBounds.spending(.pocock, alpha: 0.01, information: [0.2, 0.5, 1])
        let scaled = try GroupSequentialBounds.spending(.pocock, alpha: 0.01, information: [200, 500, 1_000])
        for (one, other) in zip(plain.upper, scaled.upper) {
            let (first, second) = (try #require(one), try #require(other))
            #expect(close(first, second, 1e-12))
        }
        let power = try plain.power(drift: 3)
        #expect(close(try scaled.power(drift: 3 / 1_000.0.squareRoot()), power, 1e-11))
    }

    /// Brute force: paths of normal steps through the bounds, seeded.
    @Test func simulatedPathsLeaveWhereTheRecursionSays() throws {
        let bounds = try GroupSequentialBounds.spending(
            .power(2), alpha: 0.1, information: [0.2, 0.25, 0.7, 1], sides: .two)
        let exits = try bounds.exits(drift: 1.2)
        var random = RandomStream(seed: 4, stream: 0)
        var upper = [0, 0, 0, 0]
        var lower = [0, 0, 0, 0]
        let paths = 100_000
        for _ in 0..<paths {
            var sum = 0.0
            var before = 0.0
            for (index, level) in bounds.information.enumerated() {
                sum += 1.2 * (level - before) + normal(&random) * (level - before).squareRoot()
                before = level
                let z = sum / level.squareRoot()
                if z >= bounds.upper[index] ?? .infinity {
                    upper[index] += 1
                    break
                }
                if z <= bounds.lower[index] ?? -.infinity {
                    lower[index] += 1
                    break
                }
            }
        }
        for index in exits.indices {
            for (seen, chance) in [(upper[index], exits[index].upper), (lower[index], exits[index].lower)] {
                let error = (chance * (1 - chance) / Double(paths)).squareRoot()
                #expect(abs(Double(seen) / Double(paths) - chance) < 4 * error, "look \(index)")
            }
        }
    }

    @Test func moreAlphaMeansLowerBoundsAndMorePower() throws {
        for function in [AlphaSpending.obrienFleming, .pocock, .power(1.5)] {
            var last: [Double?] = []
            var power = 0.0
            for alpha in [0.001, 0.01, 0.05, 0.2] {
                let bounds = try GroupSequentialBounds.spending(
                    function, alpha: alpha, information: Self.even(4))
                for (now, before) in zip(bounds.upper, last) {
                    let (here, above) = (try #require(now), try #require(before))
                    #expect(here < above)
                }
                last = bounds.upper
                let found = try bounds.power(drift: 2.5)
                #expect(found > power)
                power = found
                #expect(close(try bounds.power(drift: 0), alpha, 1e-10))
            }
        }
    }

    @Test func aLookWithNothingToSpendLeavesItToTheNext() throws {
        let bounds = try GroupSequentialBounds.spending(
            .obrienFleming, alpha: 0.025, information: [0.01, 0.02, 0.5, 1])
        #expect(bounds.upper[0] == nil && bounds.upper[1] == nil)
        let plain = try GroupSequentialBounds.spending(.obrienFleming, alpha: 0.025, information: [0.5, 1])
        #expect(close(try #require(bounds.upper[2]), try #require(plain.upper[0]), 1e-10))
        #expect(close(try #require(bounds.upper[3]), try #require(plain.upper[1]), 1e-8))
    }

    @Test func looksThatNearlyCoincideSpendAsOne() throws {
        let near = try GroupSequentialBounds.spending(
            .power(1), alpha: 0.05, information: [0.5, 0.5 * (1 + 2e-6), 1])
        let plain = try GroupSequentialBounds.spending(.power(1), alpha: 0.05, information: [0.5, 1])
        // The second look has next to nothing to spend, on paths that have hardly moved.
        #expect(close(try #require(near.upper[2]), try #require(plain.upper[1]), 1e-6))
        #expect(close(try near.power(drift: 0), 0.05, 1e-9))
    }

    @Test(arguments: [
        [], [0.0, 1], [-1, 1], [0.5, 0.5], [0.6, 0.5, 1], [.nan, 1], [.infinity], [0.5, 0.5 * (1 + 1e-8), 1],
    ])
    func looksOutOfOrderAreNamed(information: [Double]) {
        #expect(throws: EstimateError.self) {
            try GroupSequentialBounds.spending(.pocock, alpha: 0.05, information: information)
        }
        #expect(throws: EstimateError.self) {
            try GroupSequentialBounds.wangTsiatis(shape: 0, alpha: 0.05, information: information)
        }
        #expect(throws: EstimateError.self) {
            try GroupSequentialDesign(
                alpha: 0.05, power: 0.9, spending: .pocock, futility: .pocock, information: information)
        }
    }

    @Test func hopelessDesignsAreErrors() throws {
        let bounds = try GroupSequentialBounds.spending(.pocock, alpha: 0.05, information: [0.5, 1])
        #expect(throws: EstimateError.invalidParameter("power", must: "exceed the level")) {
            try bounds.drift(power: 0.04)
        }
        #expect(throws: EstimateError.self) { try bounds.drift(power: 1) }
        #expect(throws: EstimateError.self) { try bounds.exits(drift: .nan) }
        #expect(throws: EstimateError.overflow) { try bounds.exits(drift: 1e9) }
        #expect(throws: EstimateError.unequalLengths(2, 1)) {
            try GroupSequentialBounds(information: [1, 2], upper: [2])
        }
        #expect(throws: EstimateError.invalidParameter("lower", must: "lie at or below upper")) {
            try GroupSequentialBounds(information: [1], upper: [1], lower: [2])
        }
        #expect(throws: EstimateError.notFinite(index: 0, of: "upper")) {
            try GroupSequentialBounds(information: [1], upper: [.infinity])
        }
        #expect(throws: EstimateError.self) {
            try GroupSequentialBounds.spending(.power(0), alpha: 0.05, information: [1])
        }
    }
}

/// A standard normal draw.
func normal(_ random: inout RandomStream) -> Double {
    (-2 * log(1 - random.unit())).squareRoot() * cos(2 * Double.pi * random.unit())
}
