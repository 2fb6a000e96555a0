import Domain
import Notation
import Statistics

/// A second's counts as one line of JSON, and back: lossless, version 1. Sketches are base64 of their stored form; counts
/// that are 0 are left out.
public enum LiveSecondCodec {
    public static let version = 1

    /// Why a line is no second.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public static func encode(_ second: LiveSecond) -> [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.member("v", version)
        writer.member("second", second.second)
        writer.key("gateways")
        writer.beginArray()
        for gateway in second.gateways { writer.string(gateway) }
        writer.endArray()
        if second.lost > 0 { writer.member("lost", second.lost) }
        writer.key("memory")
        writer.beginObject()
        writer.member("entries", second.memory.entries)
        writer.member("capacity", second.memory.capacity)
        writer.member("bytes", second.memory.bytes)
        writer.member("false_positive", second.memory.falsePositive)
        writer.member("expected_missed", second.memory.expectedMissed)
        writer.member("since", second.memory.since)
        writer.endObject()
        writer.key("counts")
        writer.beginArray()
        for count in second.counts { write(count, to: &writer) }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private static func write(_ count: LiveCount, to writer: inout JSONWriter) {
        writer.beginObject()
        let place = count.place
        if let plan = place.plan { writer.member("plan", plan) }
        if let stage = place.stage { writer.member("stage", stage) }
        writer.member("assigned", place.assigned.rawValue)
        if let copy = place.copy { writer.member("copy", copy.rawValue) }
        if let slice = place.slice {
            writer.key("slice")
            writer.beginArray()
            writer.string(slice.name)
            writer.string(slice.value)
            writer.endArray()
        }
        for (name, path) in numbers where count[keyPath: path] != 0 {
            writer.member(name, count[keyPath: path])
        }
        events("events", count.events, &writer)
        events("first_events", count.firstEvents, &writer)
        for (name, path) in sketches where count[keyPath: path].n > 0 {
            writer.member(name, Base64.encode(count[keyPath: path].bytes))
        }
        writer.endObject()
    }

    private static func events(_ key: String, _ counts: [Int], _ writer: inout JSONWriter) {
        guard counts.contains(where: { $0 != 0 }) else { return }
        writer.key(key)
        writer.beginObject()
        for (index, named) in LiveEvents.named.enumerated() where counts[index] != 0 {
            writer.member(named.name, counts[index])
        }
        writer.endObject()
    }

    // Key paths are immutable, and their roots values.
    private static var numbers: [(String, WritableKeyPath<LiveCount, Int>)] {
        [
            ("requests", \.requests), ("repeats", \.repeats), ("without_key", \.withoutKey), ("keys", \.keys),
            ("unremembered", \.unremembered), ("input_tokens", \.inputTokens),
            ("output_tokens", \.outputTokens),
        ]
    }

    private static var sketches: [(String, WritableKeyPath<LiveCount, QuantileSketch>)] {
        [
            ("latency_ms", \.latency), ("first_token_ms", \.firstToken), ("length", \.length),
            ("cost", \.cost),
        ]
    }

    // MARK: - Reading

    public static func decode(_ line: [UInt8]) throws(Problem) -> LiveSecond {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(line) } catch {
            throw Problem(description: "the line is no JSON: \(error.cause)")
        }
        guard let version = value["v"]?.intValue, let at = value["second"]?.intValue,
            let names = value["gateways"]?.arrayValue
        else { throw Problem(description: "the row is no second: it has no 'v', 'second' and 'gateways'") }
        guard version <= self.version else {
            throw Problem(description: "the second has version \(version), written by a newer sluice")
        }
        var second = LiveSecond(second: at, gateways: names.compactMap(\.stringValue))
        second.lost = value["lost"]?.intValue ?? 0
        let memory = value["memory"] ?? .null
        second.memory = LiveSecond.KeyMemory(
            entries: memory["entries"]?.intValue ?? 0, capacity: memory["capacity"]?.intValue ?? 0,
            bytes: memory["bytes"]?.intValue ?? 0, falsePositive: memory["false_positive"]?.doubleValue ?? 0,
            expectedMissed: memory["expected_missed"]?.doubleValue ?? 0, since: memory["since"]?.intValue ?? 0
        )
        for row in value["counts"]?.arrayValue ?? [] { second.counts.append(try count(row)) }
        return second
    }

    private static func count(_ value: JSONValue) throws(Problem) -> LiveCount {
        guard let assigned = LiveArm(rawValue: value["assigned"]?.stringValue ?? "") else {
            throw Problem(description: "a count of the second names no arm")
        }
        var place = LiveCount.Place(
            plan: value["plan"]?.intValue, stage: value["stage"]?.stringValue, assigned: assigned)
        if let copy = value["copy"]?.stringValue {
            guard let arm = LiveArm(rawValue: copy) else {
                throw Problem(description: "a count of the second has a copy of no arm")
            }
            place.copy = arm
        }
        if let slice = value["slice"], let name = slice[0]?.stringValue, let label = slice[1]?.stringValue {
            place.slice = LiveField(name, label)
        }
        var count: LiveCount
        do throws(EstimateError) { count = try LiveCount(place) } catch {
            throw Problem(description: "the sketches cannot be made: \(error)")
        }
        for (name, path) in numbers {
            guard let number = value[name] else { continue }
            guard let whole = number.intValue, whole >= 0 else {
                throw Problem(description: "'\(name)' of the second is no whole number from 0")
            }
            count[keyPath: path] = whole
        }
        for (index, named) in LiveEvents.named.enumerated() {
            count.events[index] = value["events"]?[named.name]?.intValue ?? 0
            count.firstEvents[index] = value["first_events"]?[named.name]?.intValue ?? 0
        }
        for (name, path) in sketches {
            guard let text = value[name]?.stringValue else { continue }
            guard let bytes = Base64.decode(text), let sketch = try? QuantileSketch(bytes: bytes) else {
                throw Problem(description: "'\(name)' of the second is no sketch")
            }
            count[keyPath: path] = sketch
        }
        return count
    }
}
