import Domain
import Notation

/// Reads `trust`, and holds the policy's own targets to it; the form of the key has been checked already.
struct TrustReader {
    let log: ProblemLog

    func read(_ node: YAMLNode?) -> TrustLists {
        var lists = TrustLists()
        guard let node else { return lists }
        lists.hosts = node["hosts"]?.elements.map { $0.compactMap(host) }
        lists.environment = node["env"]?.elements.map { $0.compactMap(\.text) }
        lists.commands = node["commands"]?.elements.map { $0.map(PolicyReader.texts).filter { !$0.isEmpty } }
        lists.approvers = node["approvers"]?.elements.map { $0.compactMap(\.text) }
        if let approvers = node["approvers"], approvers.elements?.isEmpty == true {
            log.report(
                .doubtful, "nobody may approve that this policy is loosened", at: .init(approvers),
                severity: .warning, mend: "name who may, or leave the key out: anybody but the author")
        }
        return lists
    }

    private func host(_ node: YAMLNode) -> HostPattern? {
        guard case .text(let text) = node.scalar, !text.isEmpty else { return nil }
        do throws(WebHost.Problem) { return try HostPattern(text) } catch {
            log.report(.badValue, Printable.text(error.cause), at: .init(node), mend: error.mend)
            return nil
        }
    }

    /// Reports what the policy's own targets want and its own lists do not hold.
    func check(_ app: YAMLNode?, _ policy: ReleasePolicy) {
        let arms: [(String, TargetPolicy?)] = [
            ("baseline", policy.app.baseline), ("candidate", policy.app.candidate),
        ]
        var told = Set<TrustLists.Refusal>()
        for (name, target) in arms {
            guard let target, let node = app?[name] else { continue }
            for refusal in policy.trust.refusals(of: target) where told.insert(refusal).inserted {
                log.report(
                    .untrusted, Printable.text(refusal.cause, limit: 300),
                    at: .init(place(of: refusal.key, in: node, app)),
                    mend: Printable.text(refusal.mend, limit: 300))
            }
        }
    }

    /// The node that a target's key stands at: its own, else the one that both arms share.
    private func place(of key: String, in node: YAMLNode, _ app: YAMLNode?) -> YAMLNode {
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        for start in [node, app] {
            guard var found = start?[parts[0]] else { continue }
            if parts.count == 2 {
                let member = found.members?.first { $0.key.text?.lowercased() == parts[1].lowercased() }
                guard let member else { continue }
                found = member.value
            }
            return found
        }
        return node
    }
}
