import Domain
import HTTPServer
import Interchange
import Statistics
import Testing

@testable import Traffic

@Suite struct LiveCounterTests {
    private struct Random {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    private func outcome(_ random: inout Random, keys: Int) -> LiveOutcome {
        let assigned: LiveArm = random.next(4) == 0 ? .candidate : .production
        var events = LiveEvents()
        for (_, event) in LiveEvents.named where random.next(20) == 0 { events.insert(event) }
        let isCopy = random.next(5) == 0
        return LiveOutcome(
            assigned: assigned, arm: isCopy ? .control : assigned, isCopy: isCopy,
            key: random.next(10) == 0 ? nil : UInt64(random.next(keys)), status: 200,
            failure: random.next(10) == 0 ? LiveFailure(.serverStatus) : nil, events: events,
            timings: LiveTimings(
                firstTokenMilliseconds: random.next(2) == 0 ? Double(random.next(1000)) : nil,
                lastByteMilliseconds: Double(random.next(3000))),
            usage: Usage(
                inputTokens: random.next(50), outputTokens: random.next(500),
                cost: Double(random.next(100)) / 1000))
    }

    private static let stages = [RecordedStage(plan: 1, name: "1 %"), RecordedStage(plan: 2, name: "10 %")]
    private static let slices = [
        [], [LiveField("locale", "de")], [LiveField("locale", "en"), LiveField("tier", "a")],
    ]

    /// Held against dictionaries and sets that remember everything.
    @Test func countsAndFirstEventsAreExact() throws {
        for seed in 1...10 {
            var random = Random(state: UInt64(seed))
            var counter = try LiveCounter(gateway: "a", capacity: 100_000, now: 0)
            var requests: [String: Int] = [:]
            var events: [String: Int] = [:]
            var first: [String: Int] = [:]
            var seen: Set<String> = []
            var total = LiveSecond(second: 0, gateways: [])
            for number in 0..<3000 {
                let outcome = outcome(&random, keys: 200)
                let stage = Self.stages[number < 1500 ? 0 : 1]
                let slices = Self.slices[random.next(3)]
                counter.count(outcome, stage: stage, slices: slices, isRepeat: false)
                let place = "\(stage.name ?? "") \(outcome.assigned) \(outcome.isCopy)"
                var firsts: [String] = []
                if let key = outcome.key {
                    for name in outcome.events.names where seen.insert("\(place) \(key) \(name)").inserted {
                        firsts.append(name)
                    }
                }
                for slice in ["all"] + slices.map({ "\($0.name)=\($0.value)" }) {
                    requests["\(place) \(slice)", default: 0] += 1
                    for name in outcome.events.names { events["\(place) \(slice) \(name)", default: 0] += 1 }
                    for name in firsts { first["\(place) \(slice) \(name)", default: 0] += 1 }
                }
                if number % 700 == 699 { try total.merge(counter.close(second: number / 700, lost: 0)) }
            }
            try total.merge(counter.close(second: 9, lost: 0))
            #expect(total.counts.count == requests.count)
            for count in total.counts {
                let slice = count.place.slice.map { "\($0.name)=\($0.value)" } ?? "all"
                let place =
                    "\(count.place.stage ?? "") \(count.place.assigned) \(count.place.copy != nil) \(slice)"
                #expect(count.requests == requests[place], "seed \(seed): \(place)")
                for (name, event) in LiveEvents.named {
                    #expect(count.events(event) == events["\(place) \(name)"] ?? 0)
                    #expect(count.firstEvents(event) == first["\(place) \(name)"] ?? 0)
                }
            }
        }
    }

    /// Many gateways' seconds together are what one gateway would have counted that saw all, in any order.
    @Test func theMergeOfManyIsTheSum() throws {
        for seed in 1...10 {
            var random = Random(state: UInt64(seed) &* 77)
            var one = try LiveCounter(gateway: "one", capacity: 100_000, now: 0)
            var many: [LiveCounter] = []
            for index in 0..<4 {
                many.append(try LiveCounter(gateway: "g\(index)", capacity: 100_000, now: 0))
            }
            for _ in 0..<2000 {
                let outcome = outcome(&random, keys: 100)
                let slices = Self.slices[random.next(3)]
                // A key comes to one gateway.
                let place = Int((outcome.key ?? 0) % 4)
                one.count(outcome, stage: Self.stages[0], slices: slices, isRepeat: false)
                many[place].count(outcome, stage: Self.stages[0], slices: slices, isRepeat: false)
            }
            let whole = one.close(second: 5, lost: 3)
            var parts: [LiveSecond] = []
            for index in many.indices { parts.append(many[index].close(second: 5, lost: index == 0 ? 3 : 0)) }
            // Through the wire, in two orders.
            var forth = LiveSecond(second: 0, gateways: [])
            for part in parts { try forth.merge(try LiveSecondCodec.decode(LiveSecondCodec.encode(part))) }
            var back = LiveSecond(second: 0, gateways: [])
            for part in parts.reversed() { try back.merge(part) }
            #expect(forth == back)
            #expect(forth.counts == whole.counts && forth.lost == 3 && forth.second == 5)
            #expect(forth.gateways == ["g0", "g1", "g2", "g3"])
        }
    }

    @Test func aSecondComesBackAsItWas() throws {
        var random = Random(state: 5)
        var counter = try LiveCounter(gateway: "a", capacity: 1000, now: 17)
        for _ in 0..<300 {
            counter.count(
                outcome(&random, keys: 50), stage: Self.stages[0], slices: Self.slices[random.next(3)],
                isRepeat: random.next(9) == 0)
        }
        let second = counter.close(second: 18, lost: 2)
        #expect(second.memory.entries > 0 && second.memory.since == 17 && second.memory.falsePositive > 0)
        #expect(try LiveSecondCodec.decode(LiveSecondCodec.encode(second)) == second)
        #expect(throws: LiveSecondCodec.Problem.self) { try LiveSecondCodec.decode(Array("{}".utf8)) }
    }

    @Test func aFullMemoryCountsWhatItCannotRemember() throws {
        var counter = try LiveCounter(gateway: "a", capacity: 100, now: 0)
        for key in 0..<250 {
            counter.count(
                LiveOutcome(assigned: .candidate, arm: .candidate, key: UInt64(key), events: .error),
                stage: Self.stages[0], slices: [], isRepeat: false)
        }
        let count = try #require(counter.close(second: 1, lost: 0).counts.first)
        #expect(count.requests == 250 && count.events(.error) == 250)
        #expect(count.keys == 50 && count.firstEvents(.error) == 50 && count.unremembered == 400)
        // A known key is still known, and a new stage has a memory of its own.
        counter.count(
            LiveOutcome(assigned: .candidate, arm: .candidate, key: 3, events: .error), stage: Self.stages[0],
            slices: [], isRepeat: false)
        counter.count(
            LiveOutcome(assigned: .candidate, arm: .candidate, key: 3, events: .error), stage: Self.stages[1],
            slices: [], isRepeat: false)
        let next = counter.close(second: 2, lost: 0).counts
        #expect(next.map { $0.firstEvents(.error) } == [0, 1] && next.map(\.unremembered) == [0, 0])
    }

    @Test func aFilterKnowsExactlyWhatItWasGiven() {
        var filter = KeyFilter(capacity: 50_000)
        var seen: Set<UInt64> = []
        var random = Random(state: 3)
        for _ in 0..<60_000 {
            let hash = UInt64(random.next(40_000))
            let found = filter.insert(hash)
            let isNew = seen.insert(hash).inserted
            #expect(found == (isNew ? .new : .known))
        }
        #expect(filter.count == seen.count && filter.bytes <= 65_536 * 8)
        #expect((0..<40_000).allSatisfy { filter.contains(UInt64($0)) == seen.contains(UInt64($0)) })
    }

    @Test func idsAreRememberedForTwoGenerations() {
        var recent = RecentIDs(capacity: 100, now: 0)
        let late = 3 * RecentIDs.seconds
        func isRepeat(_ hash: UInt64, _ now: Int) -> Bool { recent.isRepeat(hash, now: now) }
        var found = [isRepeat(1, 0), isRepeat(1, 10), isRepeat(2, 20), isRepeat(2, RecentIDs.seconds + 1)]
        #expect(found == [false, true, false, true])
        found = [isRepeat(1, late)]
        for hash in 10..<400 { _ = isRepeat(UInt64(hash), late) }
        found += [isRepeat(10, late), isRepeat(399, late)]
        #expect(found == [false, false, true])
    }

    @Test func aSketchThatCannotBeMergedIsSaid() throws {
        var one = try LiveCount(.init(assigned: .production))
        #expect(throws: EstimateError.self) {
            try one.merge(try LiveCount(.init(assigned: .production), relativeError: 0.1))
        }
    }
}
