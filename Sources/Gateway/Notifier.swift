import Digest
import HTTPServer
import Notation
import Rollout
import Synchronization

/// Tells others what the gateway did by itself: a JSON object, signed, posted beside the path.
///
/// Each notice is tried five times within some two minutes, unless it is refused for good; sixty-four may be under way.
/// What is given up is said and counted. Nothing waits for it but the gateway's end, for a second.
final class Notifier: Sendable {
    /// A plan's rule with its secrets.
    struct Target: Sendable {
        let url: String
        let key: [UInt8]?
        let on: Set<NotifyRule.Event>
    }

    let delivered = Tally()
    let lost = Tally()
    private let loop: EventLoop
    private let name: String
    private let post: (@Sendable (GatewayDoors.Letter) async -> GatewayDoors.Delivery)?
    private let say: @Sendable (String) -> Void
    private let underWay = Mutex(0)
    private static let most = 64
    /// In seconds, before each further attempt.
    private static let pauses = [1, 4, 16, 64]

    init(
        on loop: EventLoop, name: String,
        post: (@Sendable (GatewayDoors.Letter) async -> GatewayDoors.Delivery)?,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.loop = loop
        self.name = name
        self.post = post
        self.say = say
    }

    /// Sends word, where the plan asks for it; returns at once.
    func tell(
        _ event: NotifyRule.Event, _ word: String, _ text: String, _ details: JSONValue?,
        of active: ActivePlan
    ) {
        guard let target = active.notify, target.on.contains(event), let post else { return }
        let isTaken = underWay.withLock { count -> Bool in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
        guard isTaken else { return giveUp(word, "too many wait") }
        let id = String(UInt64.random(in: .min ... .max), radix: 16)
        let body = body(id, word, text, details, active.plan).bytes()
        _ = loop.spawn {
            await self.deliver(word, id, body, to: target, post)
            self.underWay.withLock { $0 -= 1 }
        }
    }

    private func body(
        _ id: String, _ word: String, _ text: String, _ details: JSONValue?, _ plan: RoutingPlan
    ) -> JSONValue {
        var object = JSONObject()
        object["event"] = .string(word)
        object["id"] = .string(id)
        object["at"] = .number(Double(GatewayClock.wall()) / 1e6)
        object["gateway"] = .string(name)
        object["plan"] = .integer(Int64(plan.number))
        object["release"] = .string(plan.release)
        if let stage = plan.stage { object["stage"] = .string(stage) }
        object["text"] = .string("\(name), \(plan.release): \(text)")
        if let details { object["details"] = details }
        return .object(object)
    }

    private func deliver(
        _ word: String, _ id: String, _ body: [UInt8], to target: Target,
        _ post: @Sendable (GatewayDoors.Letter) async -> GatewayDoors.Delivery
    ) async {
        var reason = ""
        for attempt in 0...Self.pauses.count {
            if attempt > 0 {
                do { try await EventLoop.sleep(for: .seconds(Self.pauses[attempt - 1])) } catch { break }
            }
            switch await post(letter(word, id, body, target)) {
            case .answered(let status) where 200..<300 ~= status:
                return delivered.add()
            case .answered(let status):
                reason = "status \(status)"
                if 400..<500 ~= status, status != 408, status != 429 { return giveUp(word, reason) }
            case .failed(let cause): reason = cause
            }
            if attempt == 0 { say("a notice (\(word)) could not be delivered yet: \(reason)") }
        }
        giveUp(word, reason)
    }

    private func giveUp(_ word: String, _ reason: String) {
        lost.add()
        say("a notice (\(word)) was given up: \(reason)")
    }

    /// The time is part of what is signed, so that what was overheard cannot be told anew much later.
    private func letter(
        _ word: String, _ id: String, _ body: [UInt8], _ target: Target
    ) -> GatewayDoors.Letter {
        var headers = [
            (name: "Content-Type", value: "application/json"), (name: "User-Agent", value: "sluice-gateway"),
            (name: "X-Sluice-Event", value: word), (name: "X-Sluice-Delivery", value: id),
        ]
        if let key = target.key {
            let seconds = GatewayClock.wall() / 1_000_000
            let signature = KeyedDigest(key: key).digest(of: Array("\(seconds).".utf8) + body)
            let hex = signature.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
            headers.append((name: "X-Sluice-Signature", value: "t=\(seconds),v1=\(hex)"))
        }
        return GatewayDoors.Letter(url: target.url, headers: headers, body: body)
    }

    /// Waits for what is under way, a second at most.
    func settle() async {
        for _ in 0..<50 where underWay.withLock({ $0 }) > 0 { try? await Task.sleep(for: .milliseconds(20)) }
    }
}
