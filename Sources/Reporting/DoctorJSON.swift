import Doctor
import Domain
import Notation
import Statistics

/// The doctor's findings for programs: `sluice.doctor/1`.
///
/// A share is a count of trials with Wilson's interval; what is absent is `null`. A later version of the format adds
/// members; it changes no meaning without a new number.
public enum DoctorJSON {
    public static let format = "sluice.doctor/1"

    /// Indented JSON that ends in a line feed; the same bytes for the same findings.
    public static func render(_ report: DoctorReport) -> String {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(value(report))
        writer.endLine()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    public static func value(_ report: DoctorReport) -> JSONValue {
        var root = JSONObject()
        root["format"] = .string(format)
        root["project"] = .string(report.project)
        root["policy"] = .string(report.policyPath)
        root["source"] = .string(report.source)
        root["examples"] = .integer(Int64(report.examples))
        root["noise"] = .string(report.noise.rawValue)
        root["repeats"] = [
            .integer(Int64(report.repeats.lowerBound)), .integer(Int64(report.repeats.upperBound)),
        ]
        root["trials"] = .integer(Int64(report.trials))
        root["curve_trials"] = .integer(Int64(report.curveTrials))
        root["seed"] = .string(String(report.seed))
        root["confidence"] = .number(report.confidence)
        root["decides_anything"] = .bool(report.decidesAnything)
        root["findings"] = .array(
            report.findings.map { ["gravity": .string($0.gravity.rawValue), "text": .string($0.text)] })
        root["apps"] = .array(report.apps.map(app))
        root["verdict"] = .array(report.verdict.map(point))
        root["gates"] = .array(report.gates.map(gate))
        root["slice_blocks"] = share(report.sliceBlocks)
        root["slices"] = .array(
            report.slices.map {
                ["slice": .string($0.slice), "rule": .string($0.rule), "blocks": share($0.blocks)]
            })
        root["variance"] = .array(report.variance.map(variance))
        root["methods"] = .array(report.methods.map { .string($0) })
        return .object(root)
    }

    private static func number(_ value: Double?) -> JSONValue {
        value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
    }

    private static func share(_ share: Share?) -> JSONValue {
        guard let share else { return .null }
        return [
            "count": .integer(Int64(share.count)), "of": .integer(Int64(share.of)),
            "share": .number(share.value),
            "interval": [
                "lower": .number(share.interval.lower), "upper": .number(share.interval.upper),
                "confidence": .number(share.interval.confidence), "method": .string(share.interval.method),
            ],
        ]
    }

    private static func app(_ check: AppCheck) -> JSONValue {
        var out = JSONObject()
        out["arm"] = .string(check.arm.rawValue)
        out["kind"] = .string(check.kind)
        out["address"] = .string(check.address)
        out["reached"] = .bool(check.isReached)
        out["milliseconds"] = number(check.milliseconds)
        switch check.outcome {
        case .answered(let shows): out["shows"] = .array(shows.map { .string($0) })
        case .failed(let cause, let detail, let status):
            out["cause"] = .string(cause)
            out["detail"] = .string(detail)
            out["status"] = status.map { .integer(Int64($0)) } ?? .null
        case .recorded: out["cause"] = .string("recorded")
        }
        return .object(out)
    }

    private static func point(_ point: VerdictPoint) -> JSONValue {
        [
            "loss": .number(point.size), "ship": share(point.ship), "block": share(point.block),
            "cannot_tell": share(point.cannotTell), "reserved": .integer(Int64(point.reserved)),
        ]
    }

    private static func gate(_ gate: GateCheck) -> JSONValue {
        var out = JSONObject()
        out["rule"] = .string(gate.rule.text)
        out["metric"] = .string(gate.rule.metric.text)
        out["unit"] = .string(gate.unit)
        out["direction"] = .string(gate.direction)
        out["relative"] = .bool(gate.isRelative)
        out["n"] = .integer(Int64(gate.n))
        out["value"] = number(gate.value)
        out["margin"] = number(gate.margin)
        out["bound"] = number(gate.bound)
        out["standard_error"] = number(gate.standardError)
        out["today"] = .string(gate.today.rawValue)
        out["flips"] = share(gate.flips)
        out["unresolved"] = .bool(gate.isUnresolved)
        out["examples_needed"] = gate.needed.map { .integer(Int64($0)) } ?? .null
        out["caught_in_80_percent"] = number(gate.caught)
        out["caught_loss"] = number(gate.caughtSize)
        out["judged_slices"] = .integer(Int64(gate.judgedSlices))
        out["slice_blocks"] = share(gate.sliceBlocks)
        out["note"] = .string(gate.note)
        out["curve"] = .array(
            gate.curve.map { point in
                [
                    "loss": .number(point.size), "change": number(point.change),
                    "passes": share(point.shares.share(.passes)), "fails": share(point.shares.share(.fails)),
                    "unsure": share(point.shares.share(.unsure)),
                    "not_judged": share(point.shares.share(.notJudged)),
                ]
            })
        return .object(out)
    }

    private static func variance(_ check: VarianceCheck) -> JSONValue {
        func errors(_ errors: VarianceCheck.Errors) -> JSONValue {
            [
                "now": .number(errors.now), "twice_the_repeats": .number(errors.twiceTheRepeats),
                "twice_the_examples": .number(errors.twiceTheExamples),
                "repeatable": .number(errors.repeatable),
            ]
        }
        return [
            "metric": .string(check.metric), "unit": .string(check.unit),
            "examples": .integer(Int64(check.examples)), "repeats": .number(check.repeats),
            "between_examples": .number(check.components.between),
            "within_examples": .number(check.components.within),
            "heterogeneity": number(check.heterogeneity), "mean_error": errors(check.mean),
            "difference_error": errors(check.difference), "advice": .string(DoctorWords.advice(check)),
        ]
    }
}
