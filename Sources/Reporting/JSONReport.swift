import Domain
import Interchange
import Notation
import Statistics

/// A run's whole result for programs: `sluice.run/1`.
///
/// Nothing is cut. A number that is absent is `null`, and a member named `…_absent` beside it says why. A
/// later version of the format adds members; it changes no meaning without a new number.
public enum JSONReport {
    public static let format = "sluice.run/1"

    /// Indented JSON that ends in a line feed; the same bytes for the same result.
    public static func render(_ result: RunResult) -> String {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(value(result))
        writer.endLine()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    public static func value(_ result: RunResult) -> JSONValue {
        var root = JSONObject()
        root["format"] = .string(format)
        root["verdict"] = .string(result.verdict.rawValue)
        root["exit_status"] = .integer(Int64(result.verdict.exitStatus))
        root["headline"] = .string(result.headline)
        root["where_it_broke"] = result.whereItBroke.map { .string($0) } ?? .null
        root["gates"] = .array(result.gates.map { gate($0, result) })
        root["metrics"] = .array(result.metrics.map { metric($0, result) })
        root["slices"] = .array(result.slices.map { slice($0, result) })
        root["stages"] = .array(result.stages.map { stage($0, result) })
        root["movement"] = movement(result.movement)
        root["confusions"] = .array(result.confusions.map(confusion))
        root["distributions"] = .array(result.distributions.map { distribution($0, result) })
        root["measurement"] = measurement(result)
        root["reservations"] = .array(
            result.reservations.map {
                ["gate": .string($0.gate), "why": .string($0.why), "settled_by": .string($0.settledBy)]
            })
        root["changes"] = strings(result.changes)
        root["warnings"] = strings(result.warnings)
        root["layers"] = .array(
            result.layers.map {
                ["layer": .string($0.layer.rawValue), "asked_by": strings($0.askedBy.map(\.rawValue))]
            })
        root["trust"] = result.trust.map(TrustCodec.json) ?? .null
        root["expired_waivers"] = .array(result.expiredWaivers.map(waiver))
        root["examples"] = .array(result.shown.map { example($0, result) })
        if !result.external.isEmpty { root["external"] = .array(result.external.map(external)) }
        if !result.models.isEmpty { root["models"] = .array(result.models.map(ModelWords.json)) }
        if let forecast = result.judgeForecast { root["judge_forecast"] = forecast.json }
        root["manifest"] = ManifestCodec.json(result.manifest)
        return .object(root)
    }

    private static func gate(_ gate: GateResult, _ result: RunResult) -> JSONValue {
        var out = JSONObject()
        out["rule"] = .string(gate.rule.text)
        out["metric"] = .string(gate.rule.metric.text)
        out["slice"] = gate.rule.slice.map { .string(ReportWords.slice($0)) } ?? .null
        out["file"] = .string(gate.rule.place.file)
        out["line"] = .integer(Int64(gate.rule.place.line))
        out["asked_by"] = strings(gate.rule.askedBy.map(\.rawValue))
        out["owner"] = gate.rule.owner.map { .string($0) } ?? .null
        out["why"] = gate.rule.why.map { .string($0) } ?? .null
        out["approved_by"] = gate.rule.approvedBy.map { .string($0) } ?? .null
        out["review"] = gate.rule.review.map { .string($0.description) } ?? .null
        out["outcome"] = .string(gate.outcome.rawValue)
        out["waiver"] = gate.waiver.map(waiver) ?? .null
        out["unit"] = .string(gate.unit)
        out["direction"] = .string(gate.direction)
        out["baseline"] = estimate(gate.baseline, AbsentReason.baseline(gate, result))
        out["candidate"] = estimate(gate.candidate, AbsentReason.candidate(gate))
        if let corrected = gate.corrected { out["corrected"] = estimate(corrected, "") }
        if let powered = gate.powered { out["by_people"] = estimate(powered, "") }
        if let labelled = gate.labelled { out["labelled"] = .integer(Int64(labelled)) }
        if let deciding = gate.deciding { out["deciding"] = estimate(deciding, "") }
        out["difference"] = estimate(gate.difference, AbsentReason.difference(gate, result))
        out["ratio"] = estimate(gate.ratio, "the rule compares no ratio")
        out["n"] = .integer(Int64(gate.n))
        put(&out, "margin", gate.margin, "the rule has no margin")
        put(&out, "bound", gate.bound, "the rule has no bound")
        put(&out, "p", gate.p, "the rule tests no claim of regression")
        put(&out, "adjusted_p", gate.adjustedP, gate.p == nil ? "there is no p to adjust" : "not adjusted")
        out["note"] = .string(gate.note)
        out["method"] = .string(gate.method)
        out["members"] = .array(
            gate.members.map { member in
                var one = JSONObject()
                one["name"] = .string(member.name)
                one["outcome"] = .string(member.outcome.rawValue)
                pair(&one, member.baseline, member.candidate, result)
                interval(&one, "difference_interval", member.difference)
                one["n"] = .integer(Int64(member.n))
                put(&one, "adjusted_p", member.adjustedP, "it makes no claim of regression")
                one["test"] = .string(member.test)
                return .object(one)
            })
        return .object(out)
    }

    private static func waiver(_ waiver: Waiver) -> JSONValue {
        [
            "gate": .string(waiver.gate), "owner": .string(waiver.owner), "why": .string(waiver.why),
            "until": .string(waiver.until.description),
        ]
    }

    private static func metric(_ metric: MetricResult, _ result: RunResult) -> JSONValue {
        let missing = result.manifest.baseline == nil ? AbsentReason.noBaseline : "not measured"
        return [
            "name": .string(metric.name), "summary": .string(metric.summary), "unit": .string(metric.unit),
            "direction": .string(metric.direction), "tier": .string(metric.tier),
            "stage": metric.stage.map { .string($0) } ?? .null,
            "baseline": estimate(metric.baseline, missing),
            "candidate": estimate(metric.candidate, "not measured"),
            "difference": estimate(metric.difference, missing),
            "not_applicable": .integer(Int64(metric.notApplicable)), "failed": .integer(Int64(metric.failed)),
        ]
    }

    private static func slice(_ slice: SliceResult, _ result: RunResult) -> JSONValue {
        var out = JSONObject()
        out["metric"] = .string(slice.metric)
        out["slice"] = .string(slice.slice)
        out["value"] = .string(slice.value)
        out["outcome"] = .string(slice.outcome.rawValue)
        out["waived"] = .bool(slice.isWaived)
        out["n"] = .integer(Int64(slice.n))
        pair(&out, slice.baseline, slice.candidate, result)
        interval(&out, "difference_interval", slice.difference)
        put(&out, "goodness", slice.goodness, "the metric has no better or worse, or nothing was compared")
        return .object(out)
    }

    private static func stage(_ stage: StageResult, _ result: RunResult) -> JSONValue {
        var out = JSONObject()
        out["stage"] = .string(stage.stage)
        out["broke"] = .bool(stage.broke)
        out["note"] = .string(stage.note)
        out["metric"] = stage.metric.map { .string($0) } ?? .null
        pair(&out, stage.baseline, stage.candidate, result)
        interval(&out, "difference_interval", stage.difference)
        let n = result.metrics.first { $0.name == stage.metric }.map(ReportWords.pairs)
        out["n"] = n.map { .integer(Int64($0)) } ?? .null
        return .object(out)
    }

    private static func external(_ source: ExternalProvenance) -> JSONValue {
        [
            "file": .string(source.file), "digest": source.digest.map { .string($0) } ?? .null,
            "made_at": source.madeAt.map { .string($0) } ?? .null,
            "scorer": source.scorer.map { .string($0) } ?? .null,
            "scores": .integer(Int64(source.scores)), "problems": strings(source.problems),
        ]
    }

    private static func movement(_ movement: Movement) -> JSONValue {
        func items(_ items: [Movement.Item]) -> JSONValue {
            .array(
                items.map { item in
                    var one = JSONObject()
                    one["example"] = .string(item.example)
                    one["metric"] = .string(item.metric)
                    put(&one, "baseline", item.baseline, AbsentReason.notFinite)
                    put(&one, "candidate", item.candidate, AbsentReason.notFinite)
                    return .object(one)
                })
        }
        return [
            "newly_failing_count": .integer(Int64(movement.newlyFailingCount)),
            "newly_passing_count": .integer(Int64(movement.newlyPassingCount)),
            "moved_count": .integer(Int64(movement.movedCount)),
            "unchanged_count": .integer(Int64(movement.unchangedCount)),
            "not_compared_count": .integer(Int64(movement.notComparedCount)),
            "newly_failing": items(movement.newlyFailing), "newly_passing": items(movement.newlyPassing),
        ]
    }

    private static func confusion(_ matrix: ConfusionResult) -> JSONValue {
        func table(_ rows: [[Double]]) -> JSONValue {
            .array(rows.map { row in .array(row.map { $0.isFinite ? .number($0) : .null }) })
        }
        var out = JSONObject()
        out["metric"] = .string(matrix.metric)
        out["labels"] = strings(matrix.labels)
        out["baseline"] = matrix.baseline.map(table) ?? .null
        if matrix.baseline == nil { out["baseline_absent"] = .string(AbsentReason.noBaseline) }
        out["candidate"] = table(matrix.candidate)
        return .object(out)
    }

    private static func distribution(_ distribution: DistributionResult, _ result: RunResult) -> JSONValue {
        func counts(_ counts: [Int]) -> JSONValue { .array(counts.map { .integer(Int64($0)) }) }
        var out = JSONObject()
        out["metric"] = .string(distribution.metric)
        out["unit"] = .string(distribution.unit)
        out["edges"] = .array(distribution.edges.map { $0.isFinite ? .number($0) : .null })
        out["baseline"] = distribution.baseline.map(counts) ?? .null
        if distribution.baseline == nil { out["baseline_absent"] = .string(AbsentReason.noBaseline) }
        out["candidate"] = counts(distribution.candidate)
        out["percentiles"] = .array(
            distribution.percentiles.map { percentile in
                var one = JSONObject()
                one["name"] = .string(percentile.name)
                pair(&one, percentile.baseline, percentile.candidate, result)
                interval(&one, "candidate_interval", percentile.interval)
                one["n"] = .integer(Int64(distribution.candidate.reduce(0, +)))
                return .object(one)
            })
        return .object(out)
    }

    private static func measurement(_ result: RunResult) -> JSONValue {
        let counts = result.measurement
        var out = JSONObject()
        for member in tallies(counts).objectValue?.members ?? [] { out[member.key] = member.value }
        if let use = counts.cache { out["cache"] = cache(use, result.manifest.currency) }
        return .object(out)
    }

    private static func cache(_ use: CacheUse, _ currency: String?) -> JSONValue {
        var out = JSONObject()
        out["hits"] = .integer(Int64(use.hits))
        out["asked"] = .integer(Int64(use.asked))
        put(&out, "hit_rate", use.hitRate, "nothing was asked")
        out["saved_calls"] = .integer(Int64(use.calls))
        out["saved_input_tokens"] = .integer(Int64(use.inputTokens))
        out["saved_output_tokens"] = .integer(Int64(use.outputTokens))
        out["calls_without_tokens"] = .integer(Int64(use.callsWithoutTokens))
        put(&out, "saved_money", use.money, "no price of what was saved is known")
        out["currency"] = use.money == nil ? .null : currency.map { .string($0) } ?? .null
        out["calls_without_price"] = .integer(Int64(use.callsWithoutPrice))
        out["max_age_seconds"] = .number(use.maximumAgeSeconds)
        return .object(out)
    }

    private static func tallies(_ counts: MeasurementCounts) -> JSONValue {
        var out = JSONObject()
        let numbers = [
            ("planned", counts.planned), ("answered", counts.answered), ("app_failures", counts.appFailures),
            ("unmeasured", counts.unmeasured), ("metric_failures", counts.metricFailures),
            ("retried", counts.retried), ("throttled", counts.throttled), ("from_cache", counts.fromCache),
        ]
        for (name, number) in numbers { out[name] = .integer(Int64(number)) }
        out["causes"] = .array(
            counts.causes.map {
                [
                    "arm": .string($0.arm.rawValue), "cause": .string($0.cause),
                    "count": .integer(Int64($0.count)), "detail": .string($0.detail),
                ]
            })
        guard !counts.losses.isEmpty else { return .object(out) }
        out["model_losses"] = .array(
            counts.losses.map {
                [
                    "metric": .string($0.metric), "of": .integer(Int64($0.of)),
                    "lost": .integer(Int64($0.lost)), "over_budget": .integer(Int64($0.overBudget)),
                    "such_as": .string($0.reason),
                ]
            })
        return .object(out)
    }

    private static func example(_ example: ShownExample, _ result: RunResult) -> JSONValue {
        [
            "id": .string(example.id), "movement": .string(example.movement), "query": .string(example.query),
            "expected": strings(example.expected), "gold_documents": strings(example.goldDocuments),
            "baseline": side(example.baseline), "candidate": side(example.candidate),
            "scores": .array(
                example.scores.map { score in
                    var one = JSONObject()
                    one["metric"] = .string(score.metric)
                    let why = score.note ?? "not measured"
                    put(
                        &one, "baseline", score.baseline,
                        result.manifest.baseline == nil ? AbsentReason.noBaseline : why)
                    put(&one, "candidate", score.candidate, why)
                    one["note"] = score.note.map { .string($0) } ?? .null
                    return .object(one)
                }),
            "file": .string(example.place.file), "line": .integer(Int64(example.place.line)),
        ]
    }

    private static func side(_ side: ShownExample.Side?) -> JSONValue {
        guard let side else { return .null }
        let documents: JSONValue? = side.documents.map { documents in
            .array(
                documents.map { document in
                    var one = JSONObject()
                    one["id"] = .string(document.id)
                    put(&one, "score", document.score, "the app gave none")
                    one["text"] = document.text.map { .string($0) } ?? .null
                    return .object(one)
                })
        }
        return [
            "text": side.text.map { .string($0) } ?? .null,
            "intent": side.intent.map { .string($0) } ?? .null,
            "documents": documents ?? .null, "guardrail": side.guardrail.map { .string($0) } ?? .null,
            "failure": side.failure.map { .string($0) } ?? .null,
        ]
    }

    // MARK: Numbers

    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func put(_ out: inout JSONObject, _ key: String, _ number: Double?, _ why: String) {
        guard let number, number.isFinite else {
            out[key] = .null
            out[key + "_absent"] = .string(number == nil ? why : AbsentReason.notFinite)
            return
        }
        out[key] = .number(number)
    }

    private static func pair(
        _ out: inout JSONObject, _ baseline: Double?, _ candidate: Double?, _ result: RunResult
    ) {
        put(
            &out, "baseline", baseline,
            result.manifest.baseline == nil ? AbsentReason.noBaseline : "not measured")
        put(&out, "candidate", candidate, "not measured")
    }

    private static func interval(_ out: inout JSONObject, _ key: String, _ interval: Interval?) {
        guard let interval else {
            out[key] = .null
            out[key + "_absent"] = .string(AbsentReason.noInterval)
            return
        }
        out[key] = [
            "lower": .number(interval.lower), "upper": .number(interval.upper),
            "confidence": .number(interval.confidence), "method": .string(interval.method),
        ]
    }

    private static func estimate(_ estimate: Estimate?, _ why: String) -> JSONValue {
        var out = JSONObject()
        put(&out, "value", estimate?.value, why)
        guard let estimate else { return .object(out) }
        interval(&out, "interval", estimate.interval)
        out["n"] = .integer(Int64(estimate.n))
        out["method"] = .string(estimate.method)
        return .object(out)
    }
}
