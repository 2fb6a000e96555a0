import HTTPServer
import Synchronization

/// Asks a control plane for plans, over and over: `GET` with `If-None-Match` and `Prefer: wait=20`.
///
/// 200 is a plan, 304 and 204 are a word that nothing changed; everything else is silence, and is asked again after a
/// moment that grows to five seconds.
final class ControlPoll: Sendable {
    private let upstream: Upstream
    private let target: String
    private let place: String
    private let bearer: String?
    private let keeper: PlanKeeper
    private let say: @Sendable (String) -> Void

    /// Why a control plane cannot be asked.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    init(
        url: String, authorities: String?, bearer: String?, keeper: PlanKeeper,
        say: @escaping @Sendable (String) -> Void
    ) throws(Unusable) {
        let start = url.hasPrefix("https://") ? 8 : url.hasPrefix("http://") ? 7 : 0
        let slash = url.utf8.dropFirst(start).firstIndex(of: UInt8(ascii: "/")) ?? url.utf8.endIndex
        let security = UpstreamOrigin.Security(authorities: authorities)
        guard let origin = UpstreamOrigin(String(url[..<slash]), security: security) else {
            throw Unusable(description: "'\(url)' is no address of a control plane")
        }
        var options = UpstreamOptions()
        options.firstByte = .seconds(40)
        options.total = .seconds(60)
        options.bodyBytes = 2 << 20
        options.connections = 2
        do {
            upstream = try Upstream(origin, options: options)
        } catch {
            throw Unusable(description: "\(error)")
        }
        let rest = String(url[slash...])
        target = rest.isEmpty ? "/" : rest
        // Without its query, which may hold what must not be said.
        place = origin.description + String(GatewayHandler.path(target))
        self.bearer = bearer
        self.keeper = keeper
        self.say = say
    }

    /// Until the task is cancelled. Must run on a loop.
    func run() async {
        var tag: String?
        var patience = 250
        var isSilent = false
        while !Task.isCancelled {
            let began = GatewayClock.monotonic()
            let trouble = await ask(&tag)
            if let trouble {
                if !isSilent { say("the control plane says nothing of use: \(trouble)") }
                isSilent = true
                patience = min(patience * 2, 5000)
            } else {
                (isSilent, patience) = (false, 250)
            }
            // A control plane that answers at once, plan or none, is not asked without end.
            let took = Int((GatewayClock.monotonic() &- began) / 1_000_000)
            let rest = trouble == nil ? max(0, 200 - took) : patience
            if rest > 0 { try? await EventLoop.sleep(for: .milliseconds(rest)) }
        }
    }

    /// What was wrong; nil where a word came.
    private func ask(_ tag: inout String?) async -> String? {
        var fields: HTTPFields = ["Accept": "application/json", "Prefer": "wait=20"]
        if let bearer { fields.append("Authorization", "Bearer \(bearer)") }
        if let tag { fields.append("If-None-Match", tag) }
        do throws(UpstreamError) {
            let response = try await upstream.send(
                UpstreamRequest(method: "GET", target: target, added: fields))
            switch response.status {
            case 200:
                let (bytes, isWhole) = try await response.collect(upTo: 1 << 20)
                guard isWhole else { return "a plan beyond a megabyte" }
                tag = response.fields["etag"]
                keeper.tell(.plan(bytes, from: place))
                return nil
            case 204, 304:
                _ = try await response.collect(upTo: 1 << 16)
                keeper.tell(.nothingNew)
                return nil
            default:
                response.close()
                return "status \(response.status)"
            }
        } catch {
            return "\(error)"
        }
    }
}
