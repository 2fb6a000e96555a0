import Domain
import Interchange
import Notation
import Replay
import Reporting
import Storage
import Sweeping
import Text

/// What a sweep would ask, before it does.
extension SweepSession {
    /// Prints how many calls each variant takes.
    func plan(
        _ sides: [Side], _ gates: [Asking?], _ record: SweepRecord, _ policy: ReleasePolicy, _ examples: Int
    ) throws -> Int32 {
        let forecasts = try forecasts(sides, gates, policy)
        var all = GoldenGate.CallForecast()
        for forecast in forecasts.compactMap({ $0 }) {
            all.settled += forecast.settled
            all.cached += forecast.cached
            all.open += forecast.open
            all.calls += forecast.calls
        }
        let most = all.calls * (1 + policy.app.limits.retries)
        let judging = JudgeForecast(sumOf: gates.compactMap { $0?.judging })
        if arguments.has("json") {
            var root = JSONObject()
            root["format"] = "sluice.sweep-plan/1"
            root["project"] = .string(record.project)
            root["examples"] = .integer(Int64(examples))
            root["repeats"] = .integer(Int64(record.repeats))
            root["cache"] = .bool(policy.app.limits.cache)
            root["variants"] = .array(zip(sides, forecasts).map(Self.value))
            root["calls"] = .integer(Int64(all.calls))
            root["calls_with_retries"] = .integer(Int64(most))
            root["judging"] = judging?.json ?? .null
            console.out(String(decoding: JSONValue.object(root).bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            var text = words(sides, forecasts, all, most, record, policy, examples)
            if let judging, let judge = policy.judge {
                text += Sluice.printable(JudgeDoor.words(judging, judge)) + "\n"
            }
            console.out(text)
        }
        return sides.allSatisfy { $0.target != nil } ? 0 : ExitStatus.couldNotMeasure
    }

    private static func value(_ side: Side, _ forecast: GoldenGate.CallForecast?) -> JSONValue {
        var settings = JSONObject()
        for setting in side.variant.settings { settings[setting.parameter] = setting.value }
        var out = JSONObject()
        out["name"] = .string(side.variant.name)
        out["settings"] = .object(settings)
        out["target"] = .string(side.description)
        out["problem"] = side.problem.map { .string($0) } ?? .null
        out["answered"] = forecast.map { .integer(Int64($0.settled)) } ?? .null
        out["cached"] = forecast.map { .integer(Int64($0.cached)) } ?? .null
        out["to_ask"] = forecast.map { .integer(Int64($0.open)) } ?? .null
        out["calls"] = forecast.map { .integer(Int64($0.calls)) } ?? .null
        return .object(out)
    }

    private func words(
        _ sides: [Side], _ forecasts: [GoldenGate.CallForecast?], _ all: GoldenGate.CallForecast, _ most: Int,
        _ record: SweepRecord, _ policy: ReleasePolicy, _ examples: Int
    ) -> String {
        let names = sides.map { VisibleText.excerpt($0.variant.name, to: 60) }
        let width = max(7, names.map { DisplayWidth.of($0) }.max() ?? 0)
        func line(_ name: String, _ numbers: [String], _ note: String = "") -> String {
            var line = "  " + Help.padded(name, width)
            for number in numbers {
                line += String(repeating: " ", count: max(1, 12 - number.count)) + number
            }
            return line + (note.isEmpty ? "" : "   " + note) + "\n"
        }
        let repeats = record.repeats > 1 ? ", \(record.repeats) repeats each" : ""
        var text =
            "PLAN  \(Sluice.printable(record.project))   \(Prose.counted(examples, "example"))\(repeats)   "
            + Prose.counted(sides.count, "variant") + "\n\n"
        text += line("variant", ["answered", "cached", "to ask", "calls"])
        for (name, (side, forecast)) in zip(names, zip(sides, forecasts)) {
            guard let forecast else {
                text += line(
                    name, ["", "", "", ""],
                    "cannot be asked: \(VisibleText.excerpt(side.problem ?? "", to: 200))")
                continue
            }
            let numbers = [forecast.settled, forecast.cached, forecast.open, forecast.calls]
            text += line(name, numbers.map { Numbers.grouped($0) })
        }
        text += line("in all", [all.settled, all.cached, all.open, all.calls].map { Numbers.grouped($0) })
        text +=
            "\n\(Numbers.grouped(all.calls)) calls, at most \(Numbers.grouped(most)) with every retry; nothing was asked\n"
        if !policy.app.limits.cache {
            text += "the cache is off: --cache takes answers from it, where the app shows its versions\n"
        }
        return text
    }

    /// Why nothing is asked: `--max-calls` cannot suffice. Nil where it may.
    func refusal(_ sides: [Side], _ gates: [Asking?], _ policy: ReleasePolicy) throws -> Int32? {
        guard let most = try arguments.number("max-calls", least: 1) else { return nil }
        let needed = try forecasts(sides, gates, policy).reduce(0) { $0 + ($1?.calls ?? 0) }
        guard needed > most else { return nil }
        console.error(
            "COULD NOT MEASURE  this takes about \(Numbers.grouped(needed)) calls, and --max-calls allows "
                + "\(Numbers.grouped(most)); nothing was asked. Vary less, take a smaller --dataset, use --cache, or raise it; "
                + "--plan shows the calls of each variant")
        return ExitStatus.couldNotMeasure
    }

    private func forecasts(
        _ sides: [Side], _ gates: [Asking?], _ policy: ReleasePolicy
    ) throws -> [GoldenGate.CallForecast?] {
        let seen = policy.app.limits.cache ? VersionsSeen(evidence: evidence, runs: session.evidence) : nil
        return try zip(sides, gates).map { side, gate in
            guard let gate = gate?.gate else { return nil }
            return try gate.forecast(versions: side.target.flatMap { seen?.versions(of: $0.identity) })
        }
    }
}

/// Which versions an app was last seen to run with: what its answers lie in the cache under.
private struct VersionsSeen {
    private let stores:
        [(store: DirectoryEvidence, runs: [(run: String, identities: [(Arm, TargetIdentity)])])]
    /// Runs that are looked at, the newest of each store.
    private static let most = 400

    init(evidence: DirectoryEvidence, runs: DirectoryEvidence) {
        stores = [evidence, runs].map { store in
            var found: [(run: String, identities: [(Arm, TargetIdentity)])] = []
            for run in ((try? store.runs()) ?? []).suffix(Self.most).reversed() {
                guard let bytes = try? store.get(run: run, name: "manifest.json"),
                    let manifest = try? ManifestCodec.decode(bytes)
                else { continue }
                var identities: [(Arm, TargetIdentity)] = []
                for (arm, facts) in [(Arm.baseline, manifest.baseline), (.candidate, manifest.candidate)] {
                    if let facts { identities.append((arm, facts.identity)) }
                }
                found.append((run, identities))
            }
            return (store, found)
        }
    }

    func versions(of identity: TargetIdentity) -> String? {
        for (store, runs) in stores {
            for (run, identities) in runs {
                for (arm, other) in identities where other == identity {
                    if let versions = first(store, run, arm) { return versions }
                }
            }
        }
        return nil
    }

    private struct Found: Error {
        let versions: String?
    }

    private func first(_ store: DirectoryEvidence, _ run: String, _ arm: Arm) -> String? {
        do {
            try store.read(
                run: run,
                each: { observation in
                    guard observation.arm == arm, let answer = observation.answer else { return }
                    throw Found(versions: GoldenGate.versionsText(answer))
                }, problem: { _ in })
        } catch let found as Found {
            return found.versions
        } catch {
            return nil
        }
        return nil
    }
}
