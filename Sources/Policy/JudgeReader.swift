import Domain
import Metrics
import Notation

/// Reads `judge`, and holds the gates on judged metrics to it; what is wrong with its form has been told already.
struct JudgeReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?) -> JudgePolicy? {
        guard let node, node.members != nil else { return nil }
        guard let kind = kind(node) else { return nil }
        var judge = JudgePolicy(kind: kind)
        judge.place = log.lines.place((node["command"] ?? node).start)
        judge.family = node["family"]?.text
        judge.headers = AppReader(log: log).headers(node["headers"])
        if case .object(let parameters)? = node["parameters"]?.json { judge.settings = parameters }
        for name in ["messages", "model", "response_format", "stream", "n"]
        where judge.settings[name] != nil {
            log.report(
                .badValue, "'judge.parameters' cannot say '\(name)': the judge's questions do",
                at: .init(node["parameters"] ?? node),
                mend: "remove it")
        }
        judge.timeoutSeconds = AppReader.measure(node["timeout"], .duration) ?? judge.timeoutSeconds
        judge.concurrency = AppReader.integer(node["concurrency"]) ?? judge.concurrency
        judge.retries = AppReader.integer(node["retries"]) ?? judge.retries
        judge.votes = AppReader.integer(node["votes"]) ?? judge.votes
        judge.rule = node["rule"]?.text.flatMap(JudgePolicy.VoteRule.init(rawValue:)) ?? judge.rule
        judge.prices = AppReader.prices(node["prices"])
        judge.budget = budget(node["budget"], judge.prices)
        judge.prompts = node["prompts"]?.text
        judge.tone = node["tone"]?.text
        judge.role = node["role"]?.text
        if let redact = node["redact"] { judge.redacts = redact.scalar != .bool(false) }
        for member in node["rubrics"]?.members ?? [] {
            if let rubric = rubric(member.key, member.value) { judge.rubrics.append(rubric) }
        }
        judge.calibration = calibration(node["calibration"])
        if let own = node["self_judging"], own["allowed"]?.scalar == .bool(true) {
            judge.selfJudgingReason = own["why"]?.text
        }
        checkVotes(node, judge)
        return judge
    }

    private func kind(_ node: YAMLNode) -> JudgePolicy.Kind? {
        if let address = node["openai"]?.text {
            if let command = node["command"] {
                log.report(
                    .contradiction, "a judge is an endpoint or a command, not both", at: .init(command),
                    mend: "remove 'openai' or 'command'")
            }
            guard let model = node["model"]?.text else {
                log.report(
                    .missingKey, "'judge.model' is missing", at: .init(node),
                    mend: "name the model as the API does: 'model: judge-1'")
                return nil
            }
            return .endpoint(address: address, model: model)
        }
        if let command = node["command"]?.elements { return .command(command.compactMap(\.text)) }
        log.report(
            .missingKey, "'judge' says neither 'openai' nor 'command'", at: .init(node),
            mend:
                "name an OpenAI-compatible API with 'openai: https://host/v1', or a program with 'command: […]'"
        )
        return nil
    }

    private func budget(_ node: YAMLNode?, _ prices: ReleasePolicy.Prices?) -> JudgePolicy.Budget {
        var budget = JudgePolicy.Budget()
        budget.calls = AppReader.integer(node?["calls"])
        switch node?["money"]?.scalar {
        case .integer(let value)?: budget.money = Double(value)
        case .number(let value)?: budget.money = value
        default: break
        }
        budget.currency = prices?.currency
        if let money = node?["money"], prices == nil {
            log.report(
                .doubtful, "'judge.budget.money' holds only where the judge says what a call cost",
                at: .init(money), severity: .warning, mend: "add 'prices' to judge, or limit 'calls'")
        }
        return budget
    }

    private func rubric(_ key: YAMLNode, _ node: YAMLNode) -> JudgePolicy.Rubric? {
        guard let name = key.text, let criterion = node["criterion"]?.text else { return nil }
        guard criterion.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            log.report(
                .badValue, "a rubric's criterion is a sentence, not blank",
                at: .init(node["criterion"] ?? node),
                mend: "say what is looked at: 'criterion: A customer understands it at once.'")
            return nil
        }
        guard name != "example", name.utf8.allSatisfy({ isNameByte($0) }), !name.isEmpty else {
            log.report(
                .badValue, "a rubric's name has letters, digits, '_' and '-', and is not 'example'",
                at: .init(key),
                mend: "'rubric[example]' grades each row by its own 'rubric'")
            return nil
        }
        let scale = node["scale"]?.elements?.compactMap { AppReader.integer($0) } ?? [1, 5]
        guard scale.count == 2, scale[0] < scale[1] else {
            log.report(
                .badValue, "a scale is a worst and a larger best grade", at: .init(node["scale"] ?? node),
                mend: "write it as [1, 5]")
            return nil
        }
        return JudgePolicy.Rubric(
            name: name, criterion: criterion, steps: PolicyReader.texts(node["steps"]), lowest: scale[0],
            highest: scale[1])
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private func calibration(_ node: YAMLNode?) -> JudgePolicy.Calibration? {
        guard let node, let record = node["record"]?.text else { return nil }
        var calibration = JudgePolicy.Calibration(record: record, labels: node["labels"]?.text)
        func number(_ key: String) -> Double? {
            switch node[key]?.scalar {
            case .integer(let value)?: Double(value)
            case .number(let value)?: value
            default: nil
            }
        }
        calibration.isRandomSample = node["random"]?.scalar == .bool(true)
        calibration.correction =
            node["correct"]?.text.flatMap { JudgePolicy.Correction(rawValue: $0) }
            ?? JudgePolicy.Correction.none
        if calibration.correction == .ppi, let correct = node["correct"] {
            if calibration.labels == nil {
                log.report(
                    .contradiction, "there are no labels to correct by", at: .init(correct),
                    mend: "name them: labels: labels.jsonl")
            } else if !calibration.isRandomSample {
                log.report(
                    .contradiction, "labels that were not drawn at random correct no rate",
                    at: .init(correct),
                    mend: "draw answers of the run at random, have them labelled, and say random: true")
            }
        }
        calibration.thresholds.labels =
            AppReader.integer(node["least_labels"]) ?? calibration.thresholds.labels
        calibration.thresholds.kappa = number("kappa") ?? calibration.thresholds.kappa
        calibration.thresholds.sensitivity = number("sensitivity")
        calibration.thresholds.specificity = number("specificity")
        calibration.thresholds.alpha = number("alpha")
        calibration.thresholds.orderConsistency = number("order_consistency")
        calibration.thresholds.selfConsistency = number("self_consistency")
        calibration.thresholds.injections = number("injections")
        return calibration
    }

    /// A judge that nobody measured is an opinion: its metrics are shown, and gate nothing.
    func checkCalibrated(_ entry: RuleReader.Entry, _ policy: ReleasePolicy) {
        let name = MetricCatalogue.definitionName(for: entry.rule)
        guard let judge = policy.judge, judge.calibration == nil,
            MetricCatalogue.family(of: name)?.needs.contains(.model(.judge)) == true
        else { return }
        log.report(
            .impossible, "\(Printable.quoted(name)) may not gate: its judge is not calibrated",
            at: entry.span,
            mend:
                "run 'sluice judge calibrate', and name its record with 'judge.calibration', or leave the metric out of "
                + "the gates")
    }

    /// Reports what the judge wants and the policy's own lists do not hold.
    func checkTrust(_ node: YAMLNode?, _ policy: ReleasePolicy) {
        guard let node, let judge = policy.judge else { return }
        for refusal in policy.trust.refusals(of: judge.target) {
            let key = String(refusal.key.prefix { $0 != "." })
            log.report(
                .untrusted, Printable.text(refusal.cause, limit: 300),
                at: .init(node[key == "url" ? "openai" : key] ?? node),
                mend: Printable.text(refusal.mend, limit: 300))
        }
    }

    /// Refuses a judge of the family of a model that the app is configured with.
    func checkFamily(_ node: YAMLNode?, _ policy: ReleasePolicy) {
        guard let node, let judge = policy.judge, judge.selfJudgingReason == nil else { return }
        var models: [String] = []
        for target in [policy.app.baseline, policy.app.candidate].compactMap({ $0 }) {
            if case .openAI(_, let model, let parameters, _, _) = target.kind {
                models += [
                    model, target.overlay["model"]?.stringValue ?? "", parameters["model"]?.stringValue ?? "",
                ]
            }
        }
        models = models.filter { !$0.isEmpty }
        guard !models.isEmpty,
            case .shared(let families) = SelfJudging(judge: JudgeIdentity(judge), generators: models)
        else { return }
        let names = families.map(\.name).joined(separator: ", ")
        log.report(
            .contradiction, "the judge would judge its own family (\(Printable.text(names)))",
            at: .init(node["model"] ?? node["command"] ?? node),
            mend: "name a judge of another family, or add 'self_judging: { allowed: true, why: … }' to judge")
    }

    /// Votes that can only ever be one vote.
    private func checkVotes(_ node: YAMLNode, _ judge: JudgePolicy) {
        guard let votes = node["votes"], judge.votes > 1 else { return }
        if judge.votes % 2 == 0, judge.rule == .majority {
            log.report(
                .doubtful, "an even number of votes can be split, and is then not measured", at: .init(votes),
                severity: .warning, mend: "ask for \(judge.votes + 1)")
        }
        guard case .endpoint = judge.kind else { return }
        let temperature = judge.settings["temperature"]?.doubleValue ?? 0
        if temperature == 0 {
            log.report(
                .doubtful, "at temperature 0 all votes are likely to be the first one again",
                at: .init(votes),
                severity: .warning, mend: "add 'parameters: { temperature: 0.7 }' to judge")
        }
    }
}
