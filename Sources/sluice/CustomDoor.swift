import Digest
import Domain
import Metrics
import Scoring
import Storage
import Targets

/// Opens the programs and endpoints behind a policy's own metrics; none is started before it is asked.
enum CustomDoor {
    static func open(
        _ policy: ReleasePolicy, _ file: PolicyFile, _ allowance: TargetAllowance?,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> CustomProvider {
        var scorers: [String: any CustomScorer] = [:]
        let read: @Sendable (String) -> String? = { Environment.value($0) }
        for metric in policy.customs {
            if case .command(let arguments) = metric.source {
                try ModelChecks.check(arguments, "custom.\(metric.name)", metric.place, file, allowance)
            }
            do throws(TargetProblem) {
                switch metric.source {
                case .command(let arguments):
                    scorers[metric.name] = try CommandScorer(
                        metric, arguments: arguments, digest: digest(metric, file),
                        folder: file.folder.isEmpty ? "." : file.folder, environment: read,
                        allowance: allowance)
                case .endpoint(let url):
                    scorers[metric.name] = try EndpointScorer(
                        metric, url: url, digest: digest(metric, file), environment: read,
                        allowance: allowance, notice: notice)
                }
            } catch {
                throw StoreError(
                    .damaged,
                    "\(file.path): custom.\(metric.name).\(error.items.map(description).joined(separator: "; "))"
                )
            }
        }
        return CustomProvider(scorers)
    }

    private static func description(_ item: TargetProblem.Item) -> String {
        "\(item.key): \(item.cause); \(item.mend)"
    }

    /// Of the metric's declaration and of the files that its command names: an edited script starts a new series.
    private static func digest(_ metric: CustomMetric, _ file: PolicyFile) -> String {
        var text = "custom/1\n\(metric.name)\n\(metric.version)\n"
        switch metric.source {
        case .endpoint(let url): text += url
        case .command(let arguments):
            for argument in arguments {
                text += argument + "\n"
                let path = PolicyFile.resolve(argument, file.folder)
                // Programs that PATH finds, and options, are no files here.
                if let bytes = try? InputFile.read(path) { text += ContentDigest(of: bytes).hex + "\n" }
            }
        }
        return ContentDigest(of: text).hex
    }
}
