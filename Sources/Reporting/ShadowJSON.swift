import Domain
import Notation
import Shadowing
import Statistics

/// A shadow report for programs: `sluice.shadow/1`.
///
/// What is absent is `null`. A later version of the format adds members; it changes no meaning without a new number.
public enum ShadowJSON {
    public static let format = "sluice.shadow/1"

    /// Indented JSON that ends in a line feed; the same bytes for the same report.
    public static func render(_ report: ShadowReport) -> String {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(value(report))
        writer.endLine()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    public static func value(_ report: ShadowReport) -> JSONValue {
        let (facts, result) = (report.facts, report.result)
        let words = ShadowWords(report)
        var root = JSONObject()
        root["format"] = .string(format)
        root["project"] = .string(facts.project)
        root["title"] = .string(facts.title)
        root["verdict"] = report.verdict.map { .string($0.rawValue) } ?? .null
        root["headline"] = .string(report.headline)
        root["sources"] = .array(facts.sources.map { .string($0) })
        root["first_at"] = text(facts.firstAt)
        root["last_at"] = text(facts.lastAt)
        root["policy"] =
            facts.policyDigest.map {
                ["path": .string(facts.policyPath ?? ""), "digest": .string($0)]
            } ?? .null
        root["mapping"] = .string(facts.mapping)
        root["notes"] = .array(facts.notes.map { .string($0) })
        root["sluice"] = .string(facts.sluiceVersion)
        root["seed"] = .string(String(result.options.seed))
        root["alpha"] = .number(result.options.alpha)
        root["confidence"] = .number(result.options.confidence)
        root["least_keys"] = integer(result.options.leastKeys)
        root["unit"] = "key"
        root["join"] = join(result.join)
        root["feedback"] = .array(
            facts.feedback.map { rate in
                [
                    "arm": .string(rate.arm.rawValue), "said": .string(rate.word.rawValue),
                    "keys": integer(rate.keys), "saying": integer(rate.saying),
                    "lower": .number(rate.interval.lower), "upper": .number(rate.interval.upper),
                ]
            })
        root["findings"] = .array(
            result.findings.map { finding in
                [
                    "gravity": .string("\(finding.gravity)"), "text": .string(words.finding(finding)),
                    "p": number(finding.pValue),
                ]
            })
        root["routing"] = .array(result.categories.map(category))
        root["rates"] = .array(result.rates.map(rate))
        root["numbers"] = .array(result.numbers.map(self.number))
        root["likeness"] = .array(result.overlaps.map(overlap))
        root["field_pairs"] = integer(result.fieldPairs)
        root["field_keys"] = integer(result.fieldKeys)
        root["fields"] = .array(result.fields.map(field))
        root["fields_beyond"] = integer(result.fieldsBeyond)
        root["slices"] = .array(result.slices.map(slice))
        root["slices_beyond"] = integer(result.slicesBeyond)
        root["differing_pairs"] = integer(result.differing)
        root["pairs"] = .array(result.pairs.map(pair))
        root["gates_set_aside"] = .array(report.setAside.map { .string($0) })
        root["judgement"] = report.run.map { JSONReport.value($0) } ?? .null
        return .object(root)
    }

    // MARK: Parts

    private static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    private static func number(_ value: Double?) -> JSONValue { value.map { JSONValue.finite($0) } ?? .null }
    private static func text(_ value: String?) -> JSONValue {
        value.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null
    }

    private static func join(_ join: JoinCounts) -> JSONValue {
        var out = JSONObject()
        out["seen"] = integer(join.seen)
        out["repeated"] = integer(join.repeated)
        out["unread"] = integer(join.unread)
        out["not_asked"] = integer(join.notAsked)
        out["candidate_alone"] = integer(join.candidateAlone)
        out["chosen"] = integer(join.chosen)
        out["joined"] = integer(join.joined)
        out["joined_with_control"] = integer(join.joinedThree)
        out["keys"] = integer(join.keys)
        out["keyless"] = integer(join.keyless)
        out["lost"] = .array(
            join.lost.map { ["why": .string($0.words), "count": integer($0.count)] })
        if let loss = join.loss {
            out["loss"] = [
                "value": number(loss.value), "interval": interval(loss.interval), "n": integer(loss.n),
                "method": .string(loss.method),
            ]
        } else {
            out["loss"] = .null
        }
        return .object(out)
    }

    private static func interval(_ interval: Interval?) -> JSONValue {
        guard let interval else { return .null }
        return [
            "lower": number(interval.lower), "upper": number(interval.upper),
            "confidence": number(interval.confidence), "method": .string(interval.method),
        ]
    }

    private static func reading(_ reading: Reading?) -> JSONValue {
        guard let reading else { return .null }
        return [
            "value": number(reading.value), "interval": interval(reading.interval),
            "no_interval": reading.gap.map { .string($0) } ?? .null, "n": integer(reading.n),
            "method": .string(reading.method),
        ]
    }

    private static func test(_ test: TestResult?, _ adjusted: Double?) -> JSONValue {
        guard let test else { return .null }
        return [
            "p": number(test.pValue), "adjusted_p": number(adjusted), "statistic": number(test.statistic),
            "method": .string(test.method),
        ]
    }

    private static func rate(_ rate: RateChange) -> JSONValue {
        [
            "name": .string(rate.name), "summary": .string(rate.summary), "pairs": integer(rate.pairs),
            "keys": integer(rate.keys), "production": reading(rate.production),
            "candidate": reading(rate.candidate), "difference": reading(rate.difference),
            "relative": reading(rate.relative), "keys_gained": integer(rate.gained),
            "keys_lost": integer(rate.lost), "test": test(rate.test, rate.adjusted),
        ]
    }

    private static func number(_ change: NumberChange) -> JSONValue {
        var out = JSONObject()
        out["name"] = .string(change.name)
        out["unit"] = .string(change.unit)
        out["summary"] = .string(change.summary)
        out["pairs"] = integer(change.pairs)
        out["keys"] = integer(change.keys)
        out["production"] = reading(change.production)
        out["candidate"] = reading(change.candidate)
        out["difference"] = reading(change.difference)
        out["relative"] = reading(change.relative)
        out["mean_test"] = test(change.meanTest, change.adjustedMean)
        out["curve_test"] = test(change.curveTest, change.adjustedCurve)
        out["percentiles"] = .array(
            change.percentiles.map { percentile in
                [
                    "level": number(percentile.level), "production": reading(percentile.production),
                    "candidate": reading(percentile.candidate), "difference": reading(percentile.difference),
                ]
            })
        out["histogram"] = [
            "edges": .array(change.edges.map { number($0) }),
            "production": .array(change.productionCounts.map(integer)),
            "candidate": .array(change.candidateCounts.map(integer)),
        ]
        return .object(out)
    }

    private static func overlap(_ overlap: OverlapChange) -> JSONValue {
        [
            "name": .string(overlap.name), "summary": .string(overlap.summary),
            "pairs": integer(overlap.pairs),
            "keys": integer(overlap.keys), "candidate": reading(overlap.candidate),
            "noise": reading(overlap.noise), "difference": reading(overlap.difference),
            "test": test(overlap.test, overlap.adjusted),
        ]
    }

    private static func category(_ category: CategoryChange) -> JSONValue {
        [
            "name": .string(category.name), "summary": .string(category.summary),
            "labels": .array(category.labels.map { .string($0) }),
            "cells": .array(category.cells.map { .array($0.map(integer)) }), "pairs": integer(category.pairs),
            "keys": integer(category.keys), "changed": reading(category.changed),
            "noise": reading(category.noise), "test": test(category.test, category.adjusted),
            "rates": .array(category.rates.map(rate)),
        ]
    }

    private static func field(_ field: FieldFinding) -> JSONValue {
        [
            "path": .string(field.path), "kind": .string(field.kind.rawValue),
            "standing": .string(field.standing.rawValue), "of": integer(field.of),
            "pairs": integer(field.pairs),
            "keys": integer(field.keys), "share": reading(field.share), "noise": reading(field.noise),
            "noise_pairs": integer(field.noisePairs), "question": text(field.question),
            "test": test(field.test, field.adjusted),
            "example": [
                "request": .string(field.example.request), "production": text(field.example.before),
                "candidate": text(field.example.after),
            ],
        ]
    }

    private static func slice(_ slice: SliceChange) -> JSONValue {
        [
            "name": .string(slice.label.name), "value": .string(slice.label.value),
            "pairs": integer(slice.pairs),
            "keys": integer(slice.keys), "supported": .bool(slice.isSupported),
            "rates": .array(slice.rates.map(rate)), "latency_production": reading(slice.latencyProduction),
            "latency_candidate": reading(slice.latency), "latency_difference": reading(slice.latencyChange),
            "latency_test": test(slice.latencyTest, slice.adjustedLatency),
        ]
    }

    private static func pair(_ pair: ShownPair) -> JSONValue {
        [
            "id": .string(pair.id), "key": text(pair.key), "query": .string(pair.query),
            "route": .string(pair.route),
            "slices": .array(
                pair.slices.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "severity": number(pair.severity), "reasons": .array(pair.reasons.map { .string($0) }),
            "production": side(pair.production), "candidate": side(pair.candidate),
            "changes": .array(
                pair.changes.map { change in
                    [
                        "path": .string(change.path), "kind": .string(change.kind.rawValue),
                        "production": text(change.before), "candidate": text(change.after),
                    ]
                }), "further_changes": integer(pair.furtherChanges),
        ]
    }

    private static func side(_ side: ShownPair.Side) -> JSONValue {
        [
            "status": side.status.map { integer($0) } ?? .null,
            "text": side.text.map { .string($0) } ?? .null,
            "intent": side.intent.map { .string($0) } ?? .null, "guardrail": text(side.guardrail),
            "failure": text(side.failure), "latency_ms": number(side.latencyMilliseconds),
            "documents": side.documents.map { .array($0.map { .string($0.id) }) } ?? .null,
        ]
    }
}
