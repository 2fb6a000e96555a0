import Digest
import Domain
import Metrics
import Notation
import Policy
import Storage

/// A policy read from disk with what it names beside it.
struct PolicyFile {
    let policy: ReleasePolicy
    let path: String
    /// Folder that the policy's relative paths start from; ends with `/`, or empty for the current one.
    let folder: String
    let resources: MetricResources

    /// Why a command cannot go on; already shown to the user.
    struct Shown: Error {
        let status: Int32
    }

    static let flag = Flag(
        name: "policy", short: "p", value: "FILE", summary: "the policy (default: sluice.yaml)")

    static func path(_ arguments: Arguments) -> String { arguments.value("policy") ?? "sluice.yaml" }

    /// Reads and checks; every problem is printed at once.
    ///
    /// - Parameter needsRecords: Whether judged metrics that gate need their calibration: not where it is being made,
    ///   nor where a run is read as it was judged.
    static func load(
        _ path: String, repeats: Int? = nil, needsRecords: Bool = true, console: Console
    ) throws(Shown) -> PolicyFile {
        let bytes: [UInt8]
        do throws(StoreError) { bytes = try InputFile.read(path) } catch {
            let hint =
                error.kind == .missing && path == "sluice.yaml" ? "\nname another with --policy FILE" : ""
            console.error("sluice: \(error.description)\(hint)")
            throw Shown(status: ExitStatus.badInput)
        }
        return try parse(
            bytes, path: path, repeats: repeats, needsRecords: needsRecords, console: console)
    }

    static func parse(
        _ bytes: [UInt8], path: String, repeats: Int?, needsRecords: Bool = true, console: Console
    ) throws(Shown) -> PolicyFile {
        let (policy, diagnostics) = PolicyReader.read(bytes, path: path, repeats: repeats)
        if !diagnostics.isEmpty { console.error(DiagnosticText(isColoured: false).render(diagnostics)) }
        guard var policy else { throw Shown(status: ExitStatus.badInput) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        if case .command(let arguments)? = policy.judge?.kind {
            // Programs that PATH finds, and options, are no files here.
            policy.judge?.programs = arguments.compactMap { argument in
                (try? InputFile.read(resolve(argument, folder))).map { ContentDigest(of: $0).hex }
            }
        }
        var resources = MetricResources(
            catalogues: policy.catalogues, prices: policy.app.candidate?.prices,
            external: policy.external.isEmpty ? nil : ExternalScores(declared: policy.external))
        resources.composites = policy.composites
        resources.customs = policy.customs
        var hasProblems = false
        if let judge = policy.judge {
            do throws(StoreError) {
                let prompts = try judge.prompts.map { (name) throws(StoreError) in
                    try JudgeDoor.prompts(resolve(name, folder))
                }
                resources.judging = JudgeSettings(judge, prompts: prompts ?? .shipped)
            } catch {
                hasProblems = true
                console.error("\(path): error: judge.prompts: \(error.description)")
            }
        }
        for request in policy.metrics + policy.composites.flatMap({ $0.parts.map(\.request) }) {
            for name in request.namedFiles {
                do throws(StoreError) {
                    let file = try InputFile.read(resolve(name, folder))
                    resources.files[name] = try json(file, path: resolve(name, folder))
                } catch {
                    hasProblems = true
                    console.error("\(place(request.place)): error: \(request.name): \(error.description)")
                }
            }
        }
        if !hasProblems { hasProblems = reportUnusable(policy, resources, console) }
        if !hasProblems, needsRecords {
            for (rule, why) in JudgeDoor.refusals(policy, resources, folder: folder) {
                hasProblems = true
                console.error(
                    "\(place(rule.place)): error: '\(rule.text)' may not gate: \(Sluice.printable(why))")
            }
        }
        if hasProblems { throw Shown(status: ExitStatus.badInput) }
        return PolicyFile(policy: policy, path: path, folder: folder, resources: resources)
    }

    /// A policy that is read and not used: none of the files it names are looked at.
    static func bare(_ policy: ReleasePolicy, path: String) -> PolicyFile {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return PolicyFile(policy: policy, path: path, folder: folder, resources: MetricResources())
    }

    /// Metrics that cannot be made with what their files hold (a schema that is not understood).
    private static func reportUnusable(
        _ policy: ReleasePolicy, _ resources: MetricResources, _ console: Console
    ) -> Bool {
        var found = false
        for request in policy.metrics where request.parameter != nil && request.kpi == nil {
            do throws(MetricProblem) {
                let definition = try MetricCatalogue.define(request, resources: resources)
                // Those of a schema that stands in the policy itself were told with the policy's own problems.
                guard let file = request.namedFiles.first else { continue }
                for hint in definition.hints {
                    console.error(
                        Sluice.printable(
                            "\(place(request.place)): warning: the schema of '\(request.name)', \(file): \(hint)"
                        ))
                }
            } catch {
                found = true
                let hint = error.suggestion.map { "; did you mean '\($0)'?" } ?? ""
                console.error("\(place(request.place)): error: \(error.message)\(hint)")
            }
        }
        return found
    }

    static func json(_ bytes: [UInt8], path: String) throws(StoreError) -> JSONValue {
        do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
            throw StoreError(.damaged, "\(path):\(error.mark.line):\(error.mark.column): \(error.cause)")
        }
    }

    static func place(_ place: SourcePlace) -> String {
        place.line > 0 ? "\(place.file):\(place.line):\(place.column)" : place.file
    }

    static func resolve(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") ? path : folder + path
    }
}
