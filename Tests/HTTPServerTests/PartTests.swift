import Testing

@testable import HTTPServer

@Suite struct PartTests {
    @Test func timersComeInOrder() {
        var queue = TimerQueue()
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 40
        }
        var deadlines: [UInt64] = []
        for key in 0..<1000 {
            let deadline = random()
            deadlines.append(deadline)
            queue.insert(UInt64(key), at: deadline)
        }
        var popped: [UInt64] = []
        for now in stride(from: UInt64(0), through: 1 << 24, by: 1 << 18) {
            while let key = queue.pop(at: now) {
                #expect(deadlines[Int(key)] <= now, "seed \(seed)")
                popped.append(deadlines[Int(key)])
            }
            #expect(queue.next.map { $0 > now } ?? true, "seed \(seed)")
        }
        #expect(popped == deadlines.sorted(), "seed \(seed)")
    }

    /// The example of RFC 9110, 5.6.7.
    @Test func theDateIsInTheFormOfTheStandard() {
        let bytes = DateField.format(784_111_777)
        #expect(String(decoding: bytes, as: UTF8.self) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n")
    }

    @Test func sizesOfChunksAreHexadecimal() {
        for size in [1, 9, 10, 15, 16, 255, 256, 4095, 65536, 0x1234_5678] {
            var out: [UInt8] = []
            ResponseEncoder.chunkHead(size, into: &out)
            #expect(String(decoding: out, as: UTF8.self) == String(size, radix: 16) + "\r\n")
        }
    }
}
