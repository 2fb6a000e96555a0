import Notation
import Statistics

let twoProportionEProcessEntry = StatisticEntry(
    name: "two-proportion-e-process", family: .sequences,
    summary: "evidence that two arms differ in the rate of a common outcome, block by block",
    source: "Turner, Ly and Grünwald, arXiv 2106.02693",
    arguments: [
        .init(
            "blocks", "rows of canary events, canary trials, production events, production trials",
            "in the order of time"),
        .alternative,
        .init("prior", "a positive number", fallback: "0.18", "of either arm's Beta(prior, prior)"),
    ],
    example: ["blocks": [[2, 10, 9, 90], [4, 12, 8, 88], [3, 9, 11, 95]], "alternative": "greater"],
    compute: { (input) throws(StatisticProblem) in
        let alternative = try input.alternative()
        let prior = try input.double("prior", default: 0.18)
        var process = try computed { () throws(EstimateError) in
            try TwoProportionEProcess(alternative: alternative, prior: prior)
        }
        for (index, row) in try input.integerRows("blocks").enumerated() {
            guard row.count == 4 else {
                throw .wrong(argument: "blocks[\(index)]", must: "four counts", found: "\(row.count)")
            }
            try computed { () throws(EstimateError) in
                try process.add(
                    canaryEvents: row[0], canaryTrials: row[1], productionEvents: row[2],
                    productionTrials: row[3])
            }
        }
        return [
            "log_e_value": .number(process.logEValue), "e_value": json(eValue: process.eValue),
            "method": "2x2 e-process, beta plug-in",
        ]
    })

let sampleRatioEProcessEntry = StatisticEntry(
    name: "sample-ratio-e-process", family: .sequences,
    summary: "evidence that sticky keys do not reach the arms in the configured shares",
    source: "Lindon and Malek, arXiv 2011.03567",
    arguments: [
        .init("shares", "rows of positive numbers", "the configured split of each stage, in any scale"),
        .init("keys", "rows of counts", "keys first seen by each arm in that stage"),
        .init("concentration", "a positive number", fallback: "100", "of the Dirichlet mixture"),
    ],
    example: ["shares": [[0.99, 0.01], [0.9, 0.1]], "keys": [[9871, 129], [9020, 980]]],
    compute: { (input) throws(StatisticProblem) in
        let concentration = try input.double("concentration", default: 100)
        let shares = try input.rows("shares")
        let keys = try input.integerRows("keys")
        let process = try computed { () throws(EstimateError) in
            guard shares.count == keys.count else { throw .unequalLengths(shares.count, keys.count) }
            var process = try SampleRatioEProcess(concentration: concentration)
            for (split, counts) in zip(shares, keys) {
                try process.add(keys: counts, shares: SampleShares(split))
            }
            return process
        }
        return [
            "log_e_value": .number(process.logEValue), "e_value": json(eValue: process.eValue),
            "method": "Dirichlet-multinomial mixture",
        ]
    })

private let fuseArguments: [StatisticEntry.Argument] = [
    .init("limit", "a number in (0, 1)", "the rate of failures that is still allowed"),
    .init("level", "a number in (0, 1)", fallback: "1e-05", "the chance below which a count is no accident"),
]

let fuseThresholdEntry = StatisticEntry(
    name: "fuse-threshold", family: .sequences,
    summary: "the fewest failures in a window that are next to impossible at the limit",
    source: "the exact binomial tail",
    arguments: [.init("length", "a count", "outcomes in the window")] + fuseArguments,
    example: ["length": 20, "limit": 0.05],
    compute: { (input) throws(StatisticProblem) in
        let length = try input.integer("length")
        let limit = try input.double("limit")
        let level = try input.double("level", default: 1e-5)
        let threshold = try computed { () throws(EstimateError) in
            try BinomialFuse.threshold(length: length, limit: limit, level: level)
        }
        guard let threshold else {
            throw .noAnswer("no count of failures among \(length) is as unlikely as \(level) at the limit")
        }
        return ["failures": .integer(Int64(threshold))]
    })

let binomialFuseEntry = StatisticEntry(
    name: "binomial-fuse", family: .sequences,
    summary: "whether and when a series of outcomes trips a fuse, and on which window",
    source: "the exact binomial tail, over windows and an unbroken run",
    arguments: [.init("failed", "an array of true and false", "the outcomes in the order of time")]
        + fuseArguments + [
            .init("windows", "counts", fallback: "20, 50, 100, 200", "lengths"),
            .init(
                "run_level", "a number in (0, 1)", fallback: "1e-07",
                "the chance below which a run of failures is no accident"),
        ],
    example: [
        "failed": [false, true, true, true, true, true, true, false], "limit": 0.05, "windows": [20, 50],
    ],
    compute: { (input) throws(StatisticProblem) in
        let limit = try input.double("limit")
        let level = try input.double("level", default: 1e-5)
        let runLevel = try input.double("run_level", default: 1e-7)
        let lengths = input.has("windows") ? try input.integers("windows") : [20, 50, 100, 200]
        var fuse = try computed { () throws(EstimateError) in
            try BinomialFuse(limit: limit, windows: lengths, level: level, runLevel: runLevel)
        }
        for failed in try input.flags("failed") { fuse.record(failed: failed) }
        let windows = fuse.windows.map { window -> JSONValue in
            ["length": .integer(Int64(window.length)), "threshold": .integer(Int64(window.threshold))]
        }
        return [
            "trips": .bool(fuse.trip != nil),
            "length": fuse.trip.map { .integer(Int64($0.length)) } ?? .null,
            "failures": fuse.trip.map { .integer(Int64($0.failures)) } ?? .null,
            "outcome": fuse.trip.map { .integer(Int64($0.outcome)) } ?? .null,
            "windows": .array(windows),
        ]
    })
