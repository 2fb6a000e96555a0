import Domain
import Notation
import Text

/// Holds what probes brought against a contract. Nothing is estimated: each check says what these probes showed.
public struct ContractJudge: Sendable {
    /// One probe of one instance.
    public struct Look: Sendable {
        public let example: String
        public let target: String
        public let probe: Probe

        public init(example: String, target: String, probe: Probe) {
            self.example = example
            self.target = target
            self.probe = probe
        }
    }

    let contract: ContractPolicy
    let schema: JSONSchema?
    let redaction: Redaction
    private let isWeb: Bool

    /// - Parameters:
    ///   - schema: The contract's own, compiled.
    ///   - redaction: What must not be shown.
    ///   - isWeb: Whether answers came over HTTP, with status and headers.
    public init(_ contract: ContractPolicy, schema: JSONSchema?, redaction: Redaction, isWeb: Bool = true) {
        self.contract = contract
        self.schema = schema
        self.redaction = redaction
        self.isWeb = isWeb
    }

    /// All checks in the order of the policy's keys. Linear in the probes and their answers.
    public func judge(_ looks: [Look]) -> [ContractReport.Check] {
        let seen = looks.map(Seen.init)
        var checks = [answered(seen)]
        if isWeb { checks.append(status(seen)) }
        if !contract.contentTypes.isEmpty { checks.append(contentType(seen)) }
        checks += contract.headers.map { header($0, seen) }
        if contract.schema != nil { checks.append(schema(seen)) }
        checks += contract.bounds.map { bound($0, seen) }
        checks += contract.labels.map { labels($0, seen) }
        checks += contract.latency.map { latency($0, seen) }
        if let versions = contract.versions { checks += self.versions(versions, seen) }
        return checks
    }

    // MARK: tallies

    /// A probe with what can be looked at.
    struct Seen {
        let look: Look
        let response: WebAnswer?
        let answer: Answer?
        let failure: Failure?
        let body: JSONValue?
        let bodyProblem: String?
        let latencyMilliseconds: Double?

        init(_ look: Look) {
            self.look = look
            response = look.probe.response
            latencyMilliseconds =
                look.probe.response?.latencyMilliseconds ?? look.probe.result.answer?.latencyMilliseconds
            switch look.probe.result {
            case .answered(let answer):
                self.answer = answer
                failure = nil
                body = answer.body
                bodyProblem = answer.bodyProblem
            case .failed(let failure):
                answer = nil
                self.failure = failure
                // An answer with an error's status is an answer here: its status decides.
                if let response = look.probe.response, case .success(let value) = AnswerView(response).body {
                    body = value
                    bodyProblem = nil
                } else {
                    body = nil
                    bodyProblem = look.probe.response == nil ? nil : failure.detail
                }
            }
        }
    }

    /// What one probe says of one check.
    enum Finding {
        case holds
        case breaks(String, pointer: String? = nil)
        /// It shows nothing that the check is about.
        case silent
    }

    func check(
        _ name: String, _ rule: String, _ seen: [Seen], silence: String, _ judge: (Seen) -> Finding
    ) -> ContractReport.Check {
        var broken = 0
        var looked = 0
        var first: ContractReport.Breach?
        for one in seen {
            switch judge(one) {
            case .silent: continue
            case .holds: looked += 1
            case .breaks(let why, let pointer):
                looked += 1
                broken += 1
                if first == nil { first = breach(one, why, pointer) }
            }
        }
        let outcome: CheckOutcome = broken > 0 ? .fails : looked == 0 ? .open : .holds
        var detail = "\(looked) of \(seen.count)"
        if looked < seen.count { detail = looked == 0 ? silence : detail + " show it" }
        if let first { detail = "\(broken) of \(looked): \(first.why)" }
        return ContractReport.Check(
            name: name, rule: rule, outcome: outcome, detail: detail, broken: broken, looked: looked,
            first: first)
    }

    func breach(_ seen: Seen, _ why: String, _ pointer: String?) -> ContractReport.Breach {
        ContractReport.Breach(
            probe: seen.look.example, target: seen.look.target, pointer: pointer, why: redaction.of(why),
            call: evidence(seen))
    }

    private func evidence(_ seen: Seen) -> CallEvidence {
        let probe = seen.look.probe
        return CallEvidence(
            method: probe.method, url: redaction.of(probe.url),
            requestBody: probe.body.map { redaction.excerpt($0, to: CallEvidence.length) },
            status: seen.response?.status,
            answer: seen.response.map { redaction.excerpt($0.body, to: CallEvidence.length) },
            failure: seen.failure.map { redaction.of($0.detail) },
            milliseconds: seen.latencyMilliseconds)
    }

    // MARK: the wire

    private static let noAnswer = "no probe was answered"

    /// That something whole came back: what could not be reached is no breach, what broke off is one.
    private func answered(_ seen: [Seen]) -> ContractReport.Check {
        let check = check("answered", "every probe is answered", seen, silence: Self.noAnswer) { one in
            if one.answer != nil { return .holds }
            if one.response != nil {
                // An answer that cannot be read as one (HTML, half a stream) is none, whatever its status.
                guard let failure = one.failure, failure.cause != .status, failure.cause != .throttled else {
                    return .holds
                }
                return .breaks(failure.detail)
            }
            guard let failure = one.failure, failure.countsAgainstApp else { return .silent }
            return .breaks(failure.detail)
        }
        guard check.outcome != .fails, let open = seen.first(where: { Self.isOpen($0) }) else { return check }
        let count = seen.count { Self.isOpen($0) }
        return ContractReport.Check(
            name: check.name, rule: check.rule, outcome: .open,
            detail:
                "\(count) of \(seen.count) without an answer: \(redaction.of(open.failure?.detail ?? ""))",
            broken: 0, looked: check.looked, first: breach(open, open.failure?.detail ?? "", nil))
    }

    /// Nobody's failure: unreachable, turned away for its rate, not formed.
    private static func isOpen(_ seen: Seen) -> Bool {
        guard let failure = seen.failure else { return false }
        return failure.cause == .throttled || (seen.response == nil && !failure.countsAgainstApp)
    }

    private func status(_ seen: [Seen]) -> ContractReport.Check {
        let wanted = contract.statuses
        let words = wanted.isEmpty ? "2xx" : wanted.map(String.init).joined(separator: " or ")
        return check("status", "status is \(words)", seen, silence: Self.noAnswer) { one in
            guard let response = one.response, one.failure?.cause != .throttled else { return .silent }
            let fits =
                wanted.isEmpty ? (200..<300).contains(response.status) : wanted.contains(response.status)
            return fits ? .holds : .breaks(one.failure?.detail ?? "the app answered \(response.status)")
        }
    }

    private func contentType(_ seen: [Seen]) -> ContractReport.Check {
        let wanted = contract.contentTypes
        return check(
            "content type", "content type is " + wanted.joined(separator: " or "), seen,
            silence: Self.noAnswer
        ) { one in
            guard let response = served(one) else { return .silent }
            guard let type = response.values(of: "Content-Type").first else {
                return .breaks("the answer names no content type")
            }
            let plain = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
            return wanted.contains(plain) ? .holds : .breaks("the content type was '\(short(type))'")
        }
    }

    private func header(_ rule: ContractPolicy.HeaderRule, _ seen: [Seen]) -> ContractReport.Check {
        let words = rule.pattern.map { "header \(rule.name) matches \($0)" } ?? "header \(rule.name) is there"
        return check("header \(rule.name)", words, seen, silence: Self.noAnswer) { one in
            guard let response = served(one) else { return .silent }
            let values = response.values(of: rule.name)
            guard !values.isEmpty else { return .breaks("the answer has no header \(rule.name)") }
            guard let pattern = rule.pattern else { return .holds }
            for value in values {
                guard let found = PatternMatch.matches(pattern, value) else {
                    return .breaks("the search in \(rule.name) gave up")
                }
                if !found { return .breaks("\(rule.name) was '\(short(value))'") }
            }
            return .holds
        }
    }

    /// The answer of an app that served; one that turned the probe away says nothing of its contract.
    func served(_ seen: Seen) -> WebAnswer? { seen.failure?.cause == .throttled ? nil : seen.response }

    /// Whether there is anything to look into.
    func isServed(_ seen: Seen) -> Bool { seen.answer != nil || served(seen) != nil }

    func short(_ text: String) -> String { redaction.excerpt(text, to: 80) }

    // MARK: the body

    private func schema(_ seen: [Seen]) -> ContractReport.Check {
        check("schema", "the body is valid by \(contract.schema ?? "")", seen, silence: Self.noAnswer) {
            one in
            guard isServed(one) else { return .silent }
            guard let body = one.body else {
                return .breaks(one.bodyProblem ?? one.failure?.detail ?? "the body is no JSON")
            }
            guard let schema else { return .silent }
            guard let first = schema.validate(body).first else { return .holds }
            return .breaks(first.description, pointer: first.instance.description)
        }
    }
}

extension Attempt.Result {
    fileprivate var answer: Answer? {
        if case .answered(let answer) = self { return answer }
        return nil
    }
}
