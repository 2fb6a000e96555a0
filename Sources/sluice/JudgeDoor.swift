import Calibration
import Digest
import Domain
import Gating
import Judging
import Metrics
import Notation
import Policy
import Replay
import Scoring
import Statistics
import Storage
import Targets

/// Opens the judge that a policy names, with what it said before and what it may cost.
enum JudgeDoor {
    /// - Parameters:
    ///   - store: The folder that holds the cache of judgements; nil: nothing is remembered.
    ///   - notice: Told in a line what the judge makes us wait for, and how long.
    /// - Throws: What is wrong with it, with its place and how to mend it.
    static func open(
        _ policy: JudgePolicy, _ file: PolicyFile, allowance: TargetAllowance?, store: String?,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> JudgeDesk {
        try allowance?.check(policy.target)
        let judge = try judge(policy, file, allowance, notice)
        let cache = try store.map {
            try SQLiteJudgementCache(path: $0 + "/judgements.db", now: MachineFacts.now().seconds)
        }
        return JudgeDesk(judge, cache: cache, budget: policy.budget, prices: policy.prices)
    }

    private static func judge(
        _ policy: JudgePolicy, _ file: PolicyFile, _ allowance: TargetAllowance?,
        _ notice: @escaping @Sendable (String) -> Void
    ) throws -> any Judge {
        let read: @Sendable (String) -> String? = { Environment.value($0) }
        switch policy.kind {
        case .endpoint:
            guard let endpoint = JudgeEndpoint(policy) else {
                throw StoreError(.missing, "the policy's judge has no address")
            }
            return try EndpointJudge(
                endpoint, environment: allowance?.restricting(read) ?? read, notice: notice)
        case .command(let arguments):
            try ModelChecks.check(arguments, "judge", policy.place, file, allowance)
            return try CommandJudge(
                policy, arguments: arguments, folder: file.folder, environment: read, allowance: allowance)
        }
    }

    /// The prompts of a policy: shipped ones, and those of its folder in their place.
    static func prompts(_ folder: String) throws(StoreError) -> JudgePrompts {
        var prompts = JudgePrompts.shipped
        var found = false
        for prompt in prompts.all {
            let path = folder + (folder.hasSuffix("/") ? "" : "/") + prompt.name + ".txt"
            let bytes: [UInt8]
            do throws(StoreError) { bytes = try InputFile.read(path) } catch {
                if error.kind == .missing { continue }
                throw error
            }
            found = true
            do throws(MetricProblem) {
                try prompts.override(prompt.name, text: String(decoding: bytes, as: UTF8.self), origin: path)
            } catch { throw StoreError(.damaged, error.message) }
        }
        if !found {
            throw StoreError(
                .missing,
                "\(folder) holds no prompt of a judge; 'sluice judge prompts --write \(folder)' puts the shipped ones there"
            )
        }
        return prompts
    }

    // MARK: - Calibration

    static func record(
        _ calibration: JudgePolicy.Calibration, _ folder: String
    ) throws(StoreError) -> CalibrationRecord {
        let path = PolicyFile.resolve(calibration.record, folder)
        let bytes: [UInt8]
        do throws(StoreError) { bytes = try InputFile.read(path) } catch {
            guard error.kind == .missing else { throw error }
            throw StoreError(.missing, "there is no \(path); 'sluice judge calibrate' writes it")
        }
        return try record(bytes, path)
    }

    /// - Parameter path: For its words.
    static func record(_ bytes: [UInt8], _ path: String) throws(StoreError) -> CalibrationRecord {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(bytes) } catch {
            throw StoreError(
                .damaged,
                "\(path):\(error.mark.line):\(error.mark.column): it is no JSON: \(error.cause); "
                    + CalibrationRecord.mend)
        }
        do throws(CalibrationRecord.Unreadable) { return try CalibrationRecord(value) } catch {
            throw StoreError(.damaged, "\(path): \(error.cause)")
        }
    }

    /// Rules on judged metrics with why they may not gate; empty: all may.
    static func refusals(
        _ policy: ReleasePolicy, _ resources: MetricResources, folder: String
    ) -> [(GateRule, String)] {
        guard let judge = policy.judge else { return [] }
        let rules = (policy.gates + policy.gatesByChange.sorted { $0.key < $1.key }.flatMap(\.value))
            .map { rule in (rule: rule, names: judged(by: rule, policy, resources)) }.filter {
                !$0.names.isEmpty
            }
        guard !rules.isEmpty else { return [] }
        guard let calibration = judge.calibration else {
            // What names a judged metric itself is refused where the policy is read.
            return rules.filter {
                JudgedForm.form(named: MetricCatalogue.definitionName(for: $0.rule)) == nil
            }
            .map {
                ($0.rule, "it rests on \($0.names.joined(separator: ", ")), and judge.calibration is missing")
            }
        }
        let identity = JudgeIdentity(judge)
        let record: CalibrationRecord
        do throws(StoreError) {
            record = try Self.record(calibration, folder)
            if let labels = calibration.labels { try check(labels, of: record, folder) }
        } catch {
            return rules.map { ($0.rule, error.description) }
        }
        return rules.compactMap { rule, names in
            for name in names {
                let own = JudgedForm.form(named: name)?.identity(resources.judging, of: name) ?? []
                let why = record.refusal(
                    metric: name, identity: own, judge: identity, least: calibration.thresholds)
                if let why { return (rule, names == [name] ? why : "\(name): \(why)") }
            }
            return nil
        }
    }

    /// That the labels are those of the calibration: ones that cannot be read vouch for nothing.
    private static func check(
        _ labels: String, of record: CalibrationRecord, _ folder: String
    ) throws(StoreError) {
        let bytes: [UInt8]
        do throws(StoreError) { bytes = try InputFile.read(PolicyFile.resolve(labels, folder)) } catch {
            throw StoreError(
                error.kind,
                "judge.calibration.labels: \(error.description); bring the file back, or name the labels that the "
                    + "record was made of")
        }
        guard ContentDigest(of: bytes).description == record.labels else {
            throw StoreError(
                .damaged, "\(labels) changed since the calibration; run 'sluice judge calibrate --ask' again")
        }
    }

    /// The judged metrics that a rule rests on: its own, those of its composite, those of the indicator; sorted.
    private static func judged(
        by rule: GateRule, _ policy: ReleasePolicy, _ resources: MetricResources
    ) -> [String] {
        let name = GoldenJudge.measuredName(of: rule)
        let isIndicator = rule.metric.name == KPIMetric.name
        let requests = policy.metrics.filter { $0.name == name || isIndicator && $0.kpi != nil }
        guard let selection = try? MetricSelection(requests: requests, rules: [rule], resources: resources)
        else {
            return JudgedForm.form(named: name) == nil ? [] : [name]
        }
        return selection.judged.map(\.name).sorted()
    }

    /// What is known of the judge behind each pass/fail metric, for the gates.
    ///
    /// - Parameter record: The calibration; nil: there is none.
    static func judges(
        _ record: CalibrationRecord?, _ resources: MetricResources
    ) -> [String: JudgedMetric] {
        guard let record else { return [:] }
        var judges: [String: JudgedMetric] = [:]
        for metric in record.metrics {
            guard
                let definition = try? MetricCatalogue.define(
                    MetricRequest(name: metric.name), resources: resources),
                definition.isPassFail, let found = record.accuracy(of: metric.name)
            else { continue }
            var judged = JudgedMetric(found.overall)
            if let baseline = found.baseline, let candidate = found.candidate,
                let apart = try? JudgedMetric(.init(baseline: baseline, candidate: candidate))
            {
                judged = apart
            }
            judges[metric.name] = judged
        }
        return judges
    }
}
