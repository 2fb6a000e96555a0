import Glibc
import Statistics

/// Differences of means over stages: the asymptotic and the empirical-Bernstein sequence.
func meanSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    [try meanFalseAlarms(size), try meanDelays(size), try oneSeries(size)]
}

private let alpha = 0.01
private let stagedShares = [0.01, 0.1, 0.5]

/// Values of one user: how they are drawn, and what befalls them on the way.
private struct Values: Sendable {
    let name: String
    var assumptions = CharacteristicRow.Assumptions.hold
    /// Whether they lie in 0...1, so that both sequences may judge them.
    var isBounded = true
    var cap: Double?
    /// Users of each arm before the asymptotic sequence answers.
    var burnIn = 100
    /// What the claim of harm is: lower scores, higher costs.
    var harm = Alternative.less
    var note = ""
    let draw: @Sendable (inout RandomStream, inout Double, Int) -> Double
    /// The chance that a value is learnt, by arm.
    var isLearnt: @Sendable (inout RandomStream, Double, Bool) -> Bool = { _, _, _ in true }
    /// What is added to the candidate's values.
    var shift: @Sendable (Double, inout RandomStream) -> Double = { value, _ in value }

    func cell(
        isAsymptotic: Bool, drop: Double = 0, count: Int, replications: Int, seed: UInt64,
        isDelay: Bool = false
    ) throws -> CharacteristicCell? {
        if !isAsymptotic, !isBounded { return nil }
        let mixture = try NormalMixture(tunedTo: Double(count) / 10, alpha: alpha)
        let asymptotic = try AsymptoticDifferenceSequence(
            mixture: mixture, burnIn: burnIn, cap: cap)
        let bernstein = try EmpiricalBernsteinDifferenceSequence(confidence: 1 - 2 * alpha)
        let shares = try stagedShares.map { try CanaryShare($0) }
        let values = self
        let harm = harm
        let limit = -log(alpha)
        return CharacteristicCell(alpha: isDelay ? 1 : alpha, replications: replications) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            var asymptotic = asymptotic
            var bernstein = bernstein
            var state = 0.0
            var canary = 0
            for number in 0..<count {
                let stage = number * shares.count / count
                let inCanary = stream.unit() < stagedShares[stage]
                var value = values.draw(&stream, &state, number)
                if inCanary {
                    canary += 1
                    value = values.shift(value, &stream) - drop
                }
                if !values.isLearnt(&stream, value, inCanary) { continue }
                if isAsymptotic {
                    guard (try? asymptotic.add(value, inCanary: inCanary, share: shares[stage])) != nil
                    else { return CharacteristicTrial(true) }
                    // A look at every tenth value: the answer hardly differs, and the work is a tenth.
                    if number % 10 == 9, let seen = try? asymptotic.evidence(),
                        (try? seen.alarms(alpha: alpha, alternative: harm)) ?? false
                    {
                        return CharacteristicTrial(alarm: Double(canary))
                    }
                } else {
                    let bounded = min(1, max(0, value))
                    guard (try? bernstein.add(bounded, inCanary: inCanary, share: shares[stage])) != nil
                    else { return CharacteristicTrial(true) }
                    if inCanary, ((try? bernstein.logEValue(alternative: harm)) ?? 0) >= limit {
                        return CharacteristicTrial(alarm: Double(canary))
                    }
                }
            }
            return .silent
        }
    }
}

@Sendable private func score(_ stream: inout RandomStream, _: inout Double, _: Int) -> Double {
    // Like many judged scores: mostly good, some in between.
    let u = stream.unit()
    return 1 - u * u
}

@Sendable private func zeroInflated(_ stream: inout RandomStream, _: inout Double, _: Int) -> Double {
    stream.unit() < 0.95 ? 0 : stream.unit()
}

@Sendable private func moving(_ stream: inout RandomStream, _: inout Double, _ number: Int) -> Double {
    (0.3 + 0.2 * sin(Double(number) / 500)) + 0.4 * stream.unit()
}

/// Stationary, with correlation .8 from one value to the next.
@Sendable private func autoregressive(
    _ stream: inout RandomStream, _ state: inout Double, _ number: Int
) -> Double {
    state = number == 0 ? stream.normal() : 0.8 * state + 0.6 * stream.normal()
    return min(1, max(0, 0.5 + 0.15 * state))
}

@Sendable private func cost(_ stream: inout RandomStream, _: inout Double, _: Int) -> Double {
    exp(1.5 * stream.normal())
}

private let kinds: [Values] = [
    Values(name: "scores in 0…1, mostly good", draw: score),
    Values(
        name: "95 % zeros, the rest uniform, burn-in 1,000 an arm", burnIn: 1000, draw: zeroInflated),
    Values(
        name: "95 % zeros, the rest uniform, burn-in 100 an arm",
        assumptions: .broken("five values other than zero are far from normal"),
        note: "rare events belong into the rate-ratio e-process", draw: zeroInflated),
    Values(name: "a mean that moves for both arms alike", draw: moving),
    Values(name: "AR(1) from user to user, ρ = .8, arms assigned by hash", draw: autoregressive),
    Values(
        name: "judge noise: one score in five is drawn anew, whatever the arm", draw: score,
        isLearnt: { _, _, _ in true },
        shift: { value, stream in
            let u = stream.unit()
            return stream.unit() < 0.2 ? 1 - u * u : value
        }),
    Values(
        name: "missing at random: half of the scores, in both arms", draw: score,
        isLearnt: { stream, _, _ in stream.unit() < 0.5 }),
    Values(
        name: "cost, lognormal σ 1.5, capped at its p99 for both arms", isBounded: false, cap: 32.8,
        harm: .greater, draw: cost),
    Values(
        name: "cost, lognormal σ 1.5, not capped", assumptions: .broken("far from normal at these n"),
        isBounded: false, harm: .greater, draw: cost),
    Values(
        name: "a judge that is harsher on the candidate's style: −.05 on one in five",
        assumptions: .broken("the judge's error depends on the arm"),
        note: "why judges are tested for equal errors over arms", draw: score,
        shift: { value, stream in stream.unit() < 0.2 ? value - 0.05 : value }),
    Values(
        name: "missing not at random: the candidate's good scores are missing in one of ten",
        assumptions: .broken("what is learnt depends on arm and score"), draw: score,
        isLearnt: { stream, value, inCanary in !inCanary || value < 0.5 || stream.unit() >= 0.1 }),
]

private func meanFalseAlarms(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let count = size == .full ? 20_000 : 1_500
    var rows: [CharacteristicRow] = []
    for (number, kind) in kinds.enumerated() {
        let seed = UInt64(3100 + number)
        rows.append(
            CharacteristicRow(
                kind.name, kind.assumptions, note: kind.note,
                cells: [
                    try kind.cell(isAsymptotic: true, count: count, replications: 2000, seed: seed),
                    try kind.cell(isAsymptotic: false, count: count, replications: 2000, seed: seed),
                ]))
    }
    rows.append(try requestsOfOneUser(count))
    return CharacteristicSection(
        title: "Differences of means: false alarms",
        lead: """
            One value a user, \(thousands(count)) users over stages of 1, 10 and 50 % of equal length, claims that the candidate \
            is lower at α = .01, one-sided: the asymptotic sequence (burn-in 100 an arm, unless the row says otherwise; looked at after every \
            tenth user), and the empirical-Bernstein sequence, after every user. Of costs the claim is that they are higher.
            """,
        head: "values", columns: ["asymptotic", "empirical Bernstein"], rows: rows)
}

/// Every request of a user as a value of its own, where users differ.
private func requestsOfOneUser(_ count: Int) throws -> CharacteristicRow {
    let mixture = try NormalMixture(tunedTo: Double(count) / 10, alpha: alpha)
    let start = try AsymptoticDifferenceSequence(mixture: mixture)
    let shares = try stagedShares.map { try CanaryShare($0) }
    let cell = CharacteristicCell(alpha: alpha, replications: 2000) { replication in
        var stream = RandomStream(seed: 3190, stream: UInt64(replication))
        var sequence = start
        for user in 0..<(count / 10) {
            let stage = user * shares.count / (count / 10)
            let inCanary = stream.unit() < stagedShares[stage]
            let own = stream.unit()
            for _ in 0..<10 {
                let value = 0.8 * own + 0.2 * stream.unit()
                guard (try? sequence.add(value, inCanary: inCanary, share: shares[stage])) != nil else {
                    return CharacteristicTrial(true)
                }
            }
            if let seen = try? sequence.evidence(),
                (try? seen.alarms(alpha: alpha, alternative: .less)) ?? false
            {
                return CharacteristicTrial(true)
            }
        }
        return CharacteristicTrial(false)
    }
    return CharacteristicRow(
        "ten requests of each user taken as ten values", .broken("requests of a user are not independent"),
        cells: [cell, nil])
}

private func meanDelays(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let count = size == .full ? 60_000 : 3_000
    var rows: [CharacteristicRow] = []
    for (number, drop) in [0.02, 0.05, 0.1].enumerated() {
        let kind = kinds[0]
        let seed = UInt64(3200 + number)
        rows.append(
            CharacteristicRow(
                "a drop of \(drop) (deviation of a score .30)", .none,
                cells: [
                    try kind.cell(
                        isAsymptotic: true, drop: drop, count: count, replications: 1000, seed: seed,
                        isDelay: true),
                    try kind.cell(
                        isAsymptotic: false, drop: drop, count: count, replications: 1000, seed: seed,
                        isDelay: true),
                ]))
    }
    return CharacteristicSection(
        title: "Differences of means: users of the candidate until the alarm",
        lead: """
            Scores in 0…1, mostly good; \(thousands(count)) users over stages of 1, 10 and 50 % of equal length; α = .01. Median \
            / 90 %; in brackets the share of rollouts with an alarm, where it is not all.
            """,
        head: "harm", columns: ["asymptotic", "empirical Bernstein"], measure: .delay(unit: "users"),
        rows: rows)
}

/// A mean that is watched by itself, night after night.
private func oneSeries(_ size: CharacteristicCatalogue.Size) throws -> CharacteristicSection {
    let count = size == .full ? 5_000 : 1_000
    let mixture = try NormalMixture(tunedTo: Double(count) / 5, alpha: alpha)
    let asymptotic = try AsymptoticMeanSequence(mixture: mixture)
    let bernstein = try EmpiricalBernsteinSequence(confidence: 1 - 2 * alpha)
    let limit = -log(alpha)
    func cell(_ correlation: Double, isAsymptotic: Bool, seed: UInt64) -> CharacteristicCell {
        CharacteristicCell(alpha: alpha, replications: 2000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            var asymptotic = asymptotic
            var bernstein = bernstein
            let fresh = (1 - correlation * correlation).squareRoot()
            var state = stream.normal()
            for number in 0..<count {
                state = correlation * state + fresh * stream.normal()
                // Cut at both ends alike, so that the mean stays one half.
                let value = min(1, max(0, 0.5 + 0.15 * state))
                if isAsymptotic {
                    guard (try? asymptotic.add(value)) != nil else { return CharacteristicTrial(true) }
                    if number % 10 == 9, let seen = try? asymptotic.evidence(),
                        (try? seen.alarms(alpha: alpha, against: 0.5, alternative: .less)) ?? false
                    {
                        return CharacteristicTrial(true)
                    }
                } else {
                    guard (try? bernstein.add(value)) != nil else { return CharacteristicTrial(true) }
                    if ((try? bernstein.logEValue(against: 0.5, alternative: .less)) ?? 0) >= limit {
                        return CharacteristicTrial(true)
                    }
                }
            }
            return .silent
        }
    }
    var rows: [CharacteristicRow] = []
    for (number, correlation) in [0.0, 0.4, 0.8].enumerated() {
        let seed = UInt64(3250 + number)
        rows.append(
            CharacteristicRow(
                correlation == 0 ? "independent values" : "AR(1), ρ = \(correlation)",
                correlation == 0 ? .hold : .broken("values are not independent"),
                note: correlation == 0.8 ? "prewhiten, or take means of blocks" : "",
                cells: [true, false].map { cell(correlation, isAsymptotic: $0, seed: seed) }))
    }
    return CharacteristicSection(
        title: "The mean of one series: false alarms",
        lead: """
            \(thousands(count)) values in 0…1 of one arm whose mean is .5 and stays there, claimed to be lower at α = \
            .01, one-sided; the asymptotic sequence after every tenth value, the other after each. Without a second arm \
            and its coin tosses, dependence from value to value is not forgiven.
            """,
        head: "series", columns: ["asymptotic", "empirical Bernstein"], rows: rows)
}
