import Glibc

/// Cuts a file, fed in chunks, into lines with their numbers and offsets; a line that is too long is passed
/// over and told, and the lines after it are still cut.
struct LineCutter: Sendable {
    enum Piece {
        /// Its number from 1, its offset in the file, and its bytes without line end and byte-order mark.
        case line(Int, Int, UnsafeBufferPointer<UInt8>)
        case tooLong(Int)
    }

    let limit: Int
    private var number = 1
    private var lineStart = 0
    private var pending: [UInt8] = []
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    mutating func feed(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (Piece) -> Void) {
        var rest = chunk
        while let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) {
            let newline = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            end(with: UnsafeBufferPointer(rebasing: rest[..<newline]), body)
            rest = UnsafeBufferPointer(rebasing: rest[(newline + 1)...])
        }
        keep(rest)
    }

    mutating func finish(_ body: (Piece) -> Void) {
        if !pending.isEmpty || isSkipping { end(with: UnsafeBufferPointer(start: nil, count: 0), body) }
    }

    private var skipped = 0

    private mutating func keep(_ part: UnsafeBufferPointer<UInt8>) {
        if isSkipping {
            skipped += part.count
        } else if pending.count + part.count > limit {
            isSkipping = true
            skipped = pending.count + part.count
            pending = []
        } else {
            pending.append(contentsOf: part)
        }
    }

    private mutating func end(with tail: UnsafeBufferPointer<UInt8>, _ body: (Piece) -> Void) {
        let held = isSkipping ? skipped : pending.count
        if isSkipping || held + tail.count > limit {
            body(.tooLong(number))
        } else if held == 0 {
            hand(tail, body)
        } else {
            pending.append(contentsOf: tail)
            pending.withUnsafeBufferPointer { hand($0, body) }
        }
        pending.removeAll(keepingCapacity: pending.count < 1 << 20)
        isSkipping = false
        lineStart += held + tail.count + 1
        number += 1
    }

    private func hand(_ whole: UnsafeBufferPointer<UInt8>, _ body: (Piece) -> Void) {
        var line = whole
        var offset = lineStart
        if number == 1, line.count >= 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF {
            line = UnsafeBufferPointer(rebasing: line[3...])
            offset += 3
        }
        if line.last == 0x0D { line = UnsafeBufferPointer(rebasing: line.dropLast()) }
        body(.line(number, offset, line))
    }
}
