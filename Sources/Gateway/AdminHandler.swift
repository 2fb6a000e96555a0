import HTTPServer
import Notation
import Rollout

/// What a gateway tells of itself, on a port of its own: `/healthz`, `/readyz`, `/metrics`, `/plan`.
final class AdminHandler: Sendable {
    private let keeper: PlanKeeper
    private let metrics: GatewayMetrics

    init(keeper: PlanKeeper, metrics: GatewayMetrics) {
        self.keeper = keeper
        self.metrics = metrics
    }

    func answer(_ request: HTTPRequest, _ writer: consuming ResponseWriter) async throws {
        guard request.method == "GET" || request.method == "HEAD" else {
            return try await send(writer, 405, ["error": "GET alone"], ["Allow": "GET, HEAD"])
        }
        switch request.path {
        case "/healthz": try await send(writer, 200, ["status": "ok"])
        case "/readyz":
            let isReady = !keeper.gate.isDraining
            try await send(writer, isReady ? 200 : 503, readiness)
        case "/plan": try await send(writer, 200, keeper.cell.newest.plan.json)
        case "/metrics":
            let type: HTTPFields = ["Content-Type": "text/plain; version=0.0.4"]
            try await writer.send(200, headers: type, text: metrics.text())
        default:
            try await send(writer, 404, ["error": "there are /healthz, /readyz, /metrics and /plan"])
        }
    }

    private func send(
        _ writer: consuming ResponseWriter, _ status: Int, _ value: JSONValue, _ more: HTTPFields = [:]
    ) async throws {
        var headers = more
        headers.append("Content-Type", "application/json")
        headers.append("Cache-Control", "no-store")
        try await writer.send(status, headers: headers, body: value.bytes() + [10])
    }

    private var readiness: JSONValue {
        let standing = keeper.standing
        let plan = keeper.cell.newest.plan
        var object = JSONObject()
        object["ready"] = .bool(!keeper.gate.isDraining)
        object["draining"] = .bool(keeper.gate.isDraining)
        object["plan"] = .integer(Int64(plan.number))
        object["release"] = .string(plan.release)
        object["share"] = .string(plan.share.description)
        object["share_now"] = .string((keeper.gate.isOpen ? plan.share : .none).description)
        object["fuse"] =
            standing.blown.map { .string("blown: \($0)") } ?? (plan.fuse == nil ? "none" : "whole")
        object["lease"] = standing.isExpired ? "expired: production only" : "held"
        object["mirror"] = plan.mirror == nil ? "none" : standing.isMirrorSilent ? "silent" : "on"
        if keeper.cell.newest.recordsAll {
            object["capture"] = standing.isCaptureLosing ? "losing" : "whole"
            object["capture_losses"] = .integer(Int64(standing.captureLosses))
        } else {
            object["capture"] = "none"
        }
        if let refusal = standing.lastRefusal { object["refused_plan"] = .string(refusal) }
        return .object(object)
    }
}
