import Foundation
import HTTPServer
import Rollout
import Synchronization
import Testing

@testable import Gateway

/// How long the gateway takes: a change of plan, and a fuse. The figures stand in docs/gateway-evidence.md; printed here
/// they are those of the machine that runs the tests.
@Suite(.serialized) struct DelayTests {
    private func summary(_ name: String, _ values: [Double]) -> (median: Double, most: Double) {
        let sorted = values.sorted()
        let (median, most) = (sorted[sorted.count / 2], sorted[sorted.count - 1])
        print("\(name): \(values.count) trials, median \(median) ms, most \(most) ms")
        return (median, most)
    }

    /// One connection that asks without pause, and what it saw.
    private struct Seen: Sendable {
        let arm: String
        let ended: UInt64
    }

    @Test func aChangedPlanHoldsOnAllLoopsWithinFiftyMilliseconds() async throws {
        let production = try FakeApp("production")
        let candidate = try FakeApp("candidate")
        let folder = FileManager.default.temporaryDirectory.path + "/plans-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/plan.yaml"
        func text(_ number: Int) -> String {
            """
            plan: \(number)
            production: \(production.url)
            candidate: \(candidate.url)
            announce: X-Arm
            split: { share: \(number % 2 == 0 ? "100%" : "0%"), by: header X-User }
            """
        }
        try text(1).write(toFile: path, atomically: true, encoding: .utf8)
        let first = try #require(RoutingPlanReader.read(Array(text(1).utf8), path: "p").plan)
        try await withGateway(first, source: .file(path), loops: 2) { (rig: Rig) async throws -> Void in
            let isOver = Tally()
            let port = rig.port
            let clients = 6
            async let all = withThrowingTaskGroup(of: [Seen].self) { group -> [[Seen]] in
                for number in 0..<clients {
                    group.addTask {
                        try await onThread {
                            let client = try WireClient(port: port)
                            var seen: [Seen] = []
                            while isOver.count == 0 {
                                let answer = try client.ask("GET", "/", headers: ["X-User: \(number)"])
                                guard answer.status == 200 else {
                                    throw WireClient.Broken(call: "\(answer.status)")
                                }
                                let arm = answer.header("X-Arm") ?? ""
                                seen.append(Seen(arm: arm, ended: GatewayClock.monotonic()))
                                usleep(500)
                            }
                            return seen
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await Task.sleep(for: .milliseconds(200))
            var changes: [(at: UInt64, arm: String)] = []
            for number in 2...21 {
                changes.append((GatewayClock.monotonic(), number % 2 == 0 ? "candidate" : "production"))
                // Moved into place, and written where it stands.
                try text(number).write(toFile: path, atomically: number % 4 < 2, encoding: .utf8)
                try await Task.sleep(for: .milliseconds(150))
            }
            isOver.add()
            let seen = try await all
            let delays = changes.map { change -> Double in
                // Until the last connection was answered by the new arm.
                let last = seen.map { requests in
                    requests.first { $0.ended > change.at && $0.arm == change.arm }?.ended ?? .max
                }
                return GatewayClock.milliseconds((last.max() ?? .max) &- change.at)
            }
            let (median, most) = summary("plan change on all loops", delays)
            #expect(median <= 50)
            #expect(most < 1000)
        }
        await production.stop()
        await candidate.stop()
    }

    private final class Numbers: Sendable {
        private let last = Mutex(0)
        func next() -> Int {
            last.withLock { last in
                last += 1
                return last
            }
        }
    }

    @Test(arguments: [1, 2]) func theLastRequestFollowsTheFirstEvidenceWithinAQuarterOfASecond(
        every: Int
    ) async throws {
        let production = try FakeApp("production")
        var delays: [Double] = []
        for _ in 0..<20 {
            let candidate = try FakeApp("candidate") { asked, writer in
                let user = asked.headers["X-User"].flatMap { Int($0) } ?? 0
                try await writer.send(user % every == 0 ? 500 : 200)
            }
            var broken = plan(production, candidate, share: 10_000)
            broken.fallback.on = .errors
            let desk = Desk()
            try await withGateway(broken, desk: desk, loops: 2) { (rig: Rig) async throws -> Void in
                let port = rig.port
                let users = Numbers()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            try await onThread {
                                let client = try WireClient(port: port)
                                let began = GatewayClock.monotonic()
                                while GatewayClock.monotonic() - began < 400_000_000 {
                                    let user = users.next()
                                    let answer = try client.ask("GET", "/", headers: ["X-User: \(user)"])
                                    guard answer.status == 200 else {
                                        throw WireClient.Broken(call: "\(answer.status)")
                                    }
                                    usleep(300)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(desk.hasSaid("the fuse has blown"))
            // The evidence is there where a fuse that is told of each request at once would blow.
            let asked = candidate.asked
            var fuse = FuseMachine(FuseRule(), plan: 1)
            let evidence = try #require(
                asked.first { request in
                    let user = request.headers["X-User"].flatMap { UInt64($0) } ?? 0
                    return fuse.record(FuseOutcome(key: user, failed: user % UInt64(every) == 0)) != nil
                })
            let last = try #require(asked.last)
            delays.append(GatewayClock.milliseconds(last.at &- evidence.at))
            await candidate.stop()
        }
        let (median, most) = summary("fuse, every request \(every) fails", delays)
        #expect(median < 250)
        #expect(most < 250)
        await production.stop()
    }
}
