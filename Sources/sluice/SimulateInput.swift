import Simulation
import Statistics
import Text

/// What the options of `sluice simulate` say, read and checked.
struct SimulateInput: Sendable {
    let model: TrafficModel
    let plan: RolloutPlan
    let budget: AlarmBudget
    let alpha: Double
    let toleratedRatio: Double?
    let limits: [(metric: String, rate: Double)]
    let peerSteps: FlaggerLoop.Steps
    let replications: Int
    let seed: UInt64

    init(_ arguments: Arguments) throws(Arguments.Problem) {
        replications = try arguments.number("replications", least: 20) ?? 1000
        guard replications <= 1_000_000 else {
            throw Self.problem("--replications takes at most 1,000,000")
        }
        seed = UInt64(try arguments.number("seed", least: 0) ?? 1)
        alpha =
            try arguments.value("alpha").map { text throws(Arguments.Problem) in
                try Self.share(text, "--alpha")
            } ?? AlarmBudget.release.total
        budget = try Self.budget(alpha)
        if let text = arguments.value("tolerate") {
            guard let ratio = Self.number(text[...]), ratio >= 1, ratio < 100 else {
                throw Self.problem("--tolerate takes a ratio from 1, such as 1.1, not '\(text)'")
            }
            toleratedRatio = ratio
        } else {
            toleratedRatio = nil
        }
        switch arguments.value("peer-stages") ?? "yours" {
        case "yours": peerSteps = .plan
        case "theirs": peerSteps = .documented
        case let other: throw Self.problem("--peer-stages takes 'yours' or 'theirs', not '\(other)'")
        }
        plan = try Self.plan(arguments)
        model = try Self.model(arguments, stages: plan.stages.count)
        var limits: [(metric: String, rate: Double)] = []
        for text in arguments.all("limit") {
            let (name, value) = try Self.pair(text, "--limit", "errors=5%")
            try Self.require(name, among: model.metrics.map(\.name), "--limit")
            limits.append((name, try Self.share(value, "--limit \(name)")))
        }
        if !arguments.has("limit"), let errors = model.metrics.first(where: { $0.name == "errors" }),
            errors.base < 0.025
        {
            limits = [("errors", 0.05)]
        }
        self.limits = limits
    }

    var detectors: [RolloutDetector] {
        [
            SluiceLoop.detector(budget: budget, toleratedRatio: toleratedRatio, limits: limits),
            PeekedZTest.detector(), FlaggerLoop.detector(steps: peerSteps),
            ArgoLoop.detector(steps: peerSteps),
        ]
    }

    /// What Sluice's rule needs in each stage.
    func plannedHolds() -> [Double?] {
        let loop = try? SluiceLoop(plan: plan, model: model, budget: budget, toleratedRatio: toleratedRatio)
        return loop?.plannedHolds(for: model) ?? []
    }

    // MARK: parts

    private static func budget(_ alpha: Double) throws(Arguments.Problem) -> AlarmBudget {
        // The parts keep the proportions that they have by default.
        let part = alpha / AlarmBudget.release.total
        let release = AlarmBudget.release
        do {
            return try AlarmBudget(
                counts: release.counts * part, means: release.means * part,
                sampleRatio: release.sampleRatio * part, fuseAndIndicators: release.fuseAndIndicators * part)
        } catch {
            throw problem("--alpha \(error)")
        }
    }

    private static func plan(_ arguments: Arguments) throws(Arguments.Problem) -> RolloutPlan {
        let text = arguments.value("stages") ?? "1%,10%,50%"
        var shares: [Double] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let share = try share(String(part), "--stages")
            if let last = shares.last, share <= last {
                throw problem("--stages takes shares that grow, such as 1%,10%,50%, not '\(text)'")
            }
            shares.append(share)
        }
        let hold = try seconds(arguments.value("hold") ?? "30m", "--hold")
        guard hold >= 10 else { throw problem("--hold takes a time from 10s") }
        let patience = try arguments.number("patience", least: 1) ?? 4
        return RolloutPlan.stages(
            shares, hold: hold, patience: Double(patience), tick: min(60, max(1, hold / 180)))
    }

    private static func model(
        _ arguments: Arguments, stages: Int
    ) throws(Arguments.Problem) -> TrafficModel {
        var bases: [(name: String, value: String)] = []
        for text in arguments.has("base") ? arguments.all("base") : ["errors=0.1%"] {
            bases.append(try pair(text, "--base", "errors=0.1%"))
        }
        let names = bases.map(\.name)
        guard Set(names).count == names.count else { throw problem("--base names a metric twice") }
        var harms: [(name: String, size: PlantedHarm.Size)] = []
        let isDefault = !arguments.has("base") && !arguments.has("harm")
        for text in isDefault ? ["errors=1%"] : arguments.all("harm") {
            let (name, value) = try pair(text, "--harm", "errors=1%")
            try require(name, among: names, "--harm")
            guard !harms.contains(where: { $0.name == name }) else {
                throw problem("--harm names '\(name)' twice")
            }
            harms.append((name, try size(value, name)))
        }
        let start =
            try arguments.value("harm-after").map { text throws(Arguments.Problem) in
                try seconds(text, "--harm-after")
            } ?? 0
        let ramp =
            try arguments.value("harm-ramp").map { text throws(Arguments.Problem) in
                try seconds(text, "--harm-ramp")
            } ?? 0
        let slice =
            try arguments.value("harm-users").map { text throws(Arguments.Problem) in
                try share(text, "--harm-users")
            } ?? 1
        let stage = try arguments.number("harm-stage", least: 1) ?? 1
        guard stage <= stages else { throw problem("--harm-stage \(stage): there are \(stages) stages") }
        let burst = try arguments.number("burst", least: 1) ?? 1
        guard burst <= 1000 else { throw problem("--burst takes at most 1000") }
        var metrics: [HarmMetric] = []
        var highest = 0.0
        for (name, value) in bases {
            let base = try share(value, "--base \(name)")
            let harm = harms.first { $0.name == name }.map {
                PlantedHarm($0.size, start: start, ramp: ramp, slice: slice, fromStage: stage - 1)
            }
            let metric = HarmMetric(name, base: base, burst: burst, harm: harm)
            highest += max(base, try worst(metric))
            metrics.append(metric)
        }
        guard highest <= 0.95 else {
            throw problem("the rates of --base and --harm add up to more than 95 % of requests")
        }
        return TrafficModel(
            rate: try rate(arguments.value("rate") ?? "20/s"), population: try users(arguments),
            metrics: metrics)
    }

    private static func worst(_ metric: HarmMetric) throws(Arguments.Problem) -> Double {
        switch metric.harm?.size {
        case .rate(let rate): return rate
        case .ratio(let ratio):
            guard metric.base * ratio <= 0.95 else {
                throw problem("--harm \(metric.name)=x\(ratio) is more than 95 % of requests")
            }
            return metric.base * ratio
        case nil: return metric.base
        }
    }

    private static func users(_ arguments: Arguments) throws(Arguments.Problem) -> UserPopulation {
        guard let text = arguments.value("users") else {
            return arguments.has("heavy-tail")
                ? .heavyTailed(users: 20_000, index: 1.2) : .equal(users: 20_000)
        }
        let multiplier = text.hasSuffix("k") ? 1e3 : text.hasSuffix("M") ? 1e6 : 1
        let digits = multiplier == 1 ? text[...] : text.dropLast()
        guard let number = Self.number(digits), number * multiplier >= 2, number * multiplier <= 1e9 else {
            throw problem(
                "--users takes a number from 2 to 1,000,000,000, such as 20000 or 20k, not '\(text)'")
        }
        let users = Int((number * multiplier).rounded())
        return arguments.has("heavy-tail") ? .heavyTailed(users: users, index: 1.2) : .equal(users: users)
    }

    // MARK: words

    /// `errors=0.1%` as name and value.
    private static func pair(
        _ text: String, _ option: String, _ example: String
    ) throws(Arguments.Problem) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw problem("\(option) takes a metric and its rate, such as \(example), not '\(text)'")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private static func require(
        _ name: String, among names: [String], _ option: String
    ) throws(Arguments.Problem) {
        guard !names.contains(name) else { return }
        let near = nearest(name, in: names).map { "did you mean '\($0)'?" }
        throw Arguments.Problem(
            message: "\(option) names '\(name)', which no --base gives a rate",
            hint: near ?? "there are \(names.joined(separator: ", "))")
    }

    private static func size(_ text: String, _ name: String) throws(Arguments.Problem) -> PlantedHarm.Size {
        guard text.hasPrefix("x") else { return .rate(try share(text, "--harm \(name)")) }
        guard let ratio = number(text.dropFirst()), ratio >= 0, ratio <= 10_000 else {
            throw problem("--harm \(name) takes a rate such as 1%, or a ratio such as x10, not '\(text)'")
        }
        return .ratio(ratio)
    }

    /// `0.1%` or `0.001`, strictly between 0 and 1.
    private static func share(_ text: String, _ option: String) throws(Arguments.Problem) -> Double {
        let isPercent = text.hasSuffix("%")
        if let number = number(isPercent ? text.dropLast() : text[...]) {
            let share = isPercent ? number / 100 : number
            if share > 0, share < 1 { return share }
        }
        throw problem("\(option) takes a share between 0 and 100 %, such as 0.1%, not '\(text)'")
    }

    /// `20/s`, `1200/min`, `20`.
    private static func rate(_ text: String) throws(Arguments.Problem) -> Double {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let units: [(word: Substring, seconds: Double)] = [
            ("s", 1), ("min", 60), ("m", 60), ("h", 3600), ("d", 86_400),
        ]
        let unit = parts.count == 1 ? 1 : units.first { $0.word == parts[1] }?.seconds
        if let unit, let number = number(parts[0]), number > 0, number / unit <= 1e7 { return number / unit }
        throw problem("--rate takes requests in a time, such as 20/s, 300/min or 5000/h, not '\(text)'")
    }

    /// `30m`, `90s`, `2h`, `1d`.
    private static func seconds(_ text: String, _ option: String) throws(Arguments.Problem) -> Double {
        let units: [(word: String, seconds: Double)] = [
            ("min", 60), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
        ]
        for unit in units where text.hasSuffix(unit.word) {
            guard let number = number(text.dropLast(unit.word.count)), number >= 0 else { break }
            let seconds = number * unit.seconds
            if seconds <= 30 * 86_400 { return seconds }
        }
        throw problem("\(option) takes a time of at most 30 days, such as 90s, 30m or 2h, not '\(text)'")
    }

    private static func number(_ text: Substring) -> Double? {
        // Swift also reads "nan", "inf" and hexadecimal numbers.
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        let whole = text.first == "." ? "0" + text : String(text)
        return Double(whole)
    }

    private static func problem(_ message: String) -> Arguments.Problem {
        Arguments.Problem(message: message, hint: nil)
    }
}
