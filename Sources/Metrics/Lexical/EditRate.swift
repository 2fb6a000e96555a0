/// The edits that turn an answer into a reference: insertions, deletions, substitutions, and shifts of a block of words,
/// each of which counts one.
///
/// Shifts are sought greedily, as Tercom does with its limits (blocks of 10 words, moved by 50 at most, a beam of 25 about
/// the diagonal) and as sacrebleu does with its own (1,000 shifts looked at), so that the numbers agree with both.
///
/// M. Snover et al., AMTA 2006; M. Post, WMT 2018.
struct EditRate {
    private static let longestShift = 10
    private static let farthestShift = 50
    private static let beam = 25
    private static let mostCandidates = 1_000

    /// Cells that may be filled or looked at: about a second. A thousand shifts of texts of 5,000 words are within it.
    static let mostWork = 1 << 28

    private let reference: [UInt64]
    private var table: EditTable
    private let mostWork: Int
    private var work = 0

    /// The fewest edits found; nil where seeking them would take seconds.
    ///
    /// `O(answer · beam + reference)` for each shift looked at.
    static func edits(_ answer: [UInt64], _ reference: [UInt64], mostWork: Int = mostWork) -> Int? {
        if reference.isEmpty { return answer.count }
        guard let table = EditTable(answer.count, reference.count, beam) else { return nil }
        var rate = EditRate(reference: reference, table: table, mostWork: mostWork)
        return rate.edits(answer)
    }

    private init(reference: [UInt64], table: EditTable, mostWork: Int) {
        self.mostWork = mostWork
        self.reference = reference
        self.table = table
    }

    private var isTooMuch: Bool { work > mostWork }

    private mutating func edits(_ answer: [UInt64]) -> Int? {
        var words = answer
        var shifts = 0
        var looked = 0
        table.fill(words, reference, from: 0)
        while let shift = bestShift(words, &looked), looked < Self.mostCandidates, shift.gain > 0 {
            shifts += 1
            words = Self.shifted(words, shift)
            table.fill(words, reference, from: 0)
            work += table.size
        }
        if isTooMuch { return nil }
        return shifts + table.distance
    }

    private struct Shift {
        let gain: Int
        let length: Int
        let start: Int
        let target: Int

        /// The larger gain, then the longer block, then the earlier one, then the earlier target.
        func beats(_ other: Shift?) -> Bool {
            guard let other else { return true }
            if gain != other.gain { return gain > other.gain }
            if length != other.length { return length > other.length }
            if start != other.start { return start < other.start }
            return target < other.target
        }
    }

    private mutating func bestShift(_ words: [UInt64], _ looked: inout Int) -> Shift? {
        let before = table.distance
        let alignment = Alignment(table.trace())
        var best: Shift?
        var scratch = table
        work += table.size
        for start in words.indices {
            work += Self.farthestShift
            if isTooMuch { return nil }
            let nearest = max(0, start - Self.farthestShift)
            let farthest = min(reference.count - 1, start + Self.farthestShift)
            guard nearest <= farthest else { continue }
            for place in nearest...farthest where words[start] == reference[place] {
                var length = 0
                while length < Self.longestShift, start + length < words.count,
                    place + length < reference.count, words[start + length] == reference[place + length]
                {
                    length += 1
                    guard alignment.canMove(start, place, length) else { continue }
                    var tried = -1
                    for offset in -1..<length {
                        guard place + offset < reference.count else { break }
                        let target = place + offset < 0 ? 0 : alignment.places[place + offset] + 1
                        if target == tried { continue }
                        tried = target
                        let moved = Self.shifted(
                            words, Shift(gain: 0, length: length, start: start, target: target))
                        let first = Swift.zip(words, moved).enumerated().first { $1.0 != $1.1 }?.offset
                        if let first {
                            scratch.copy(table, upTo: first)
                            scratch.fill(moved, reference, from: first)
                        }
                        let shift = Shift(
                            gain: first == nil ? 0 : before - scratch.distance, length: length, start: start,
                            target: target)
                        looked += 1
                        work += table.size
                        if shift.beats(best) { best = shift }
                    }
                    if looked >= Self.mostCandidates || isTooMuch { return best }
                }
            }
        }
        return best
    }

    /// The words with a block taken out and set before `target`, which counts in the words as they were.
    private static func shifted(_ words: [UInt64], _ shift: Shift) -> [UInt64] {
        let end = shift.start + shift.length
        var rest = words
        rest.removeSubrange(shift.start..<end)
        var place = shift.target
        if shift.target > end {
            place = shift.target - shift.length
        } else if shift.target >= shift.start {
            // Into itself: it moves on by as many words as the target lies behind the words' beginning.
            place = min(rest.count, shift.target)
        }
        rest.insert(contentsOf: words[shift.start..<end], at: place)
        return rest
    }
}

/// Where each word of the reference is held against the answer, and which words of either are wrong.
private struct Alignment {
    /// For each word of the reference, the answer's word that stands for it, -1 before the first.
    private(set) var places: [Int] = []
    private var wrongInReference: [Bool] = []
    private var wrongInAnswer: [Bool] = []

    init(_ trace: [EditTable.Step]) {
        var answer = -1
        for step in trace {
            switch step {
            case .same, .substituted:
                answer += 1
                places.append(answer)
                wrongInAnswer.append(step == .substituted)
                wrongInReference.append(step == .substituted)
            case .added:
                answer += 1
                wrongInAnswer.append(true)
            case .lacking:
                places.append(answer)
                wrongInReference.append(true)
            }
        }
    }

    /// A block moves only where both it and its goal hold a mistake, and not into itself.
    func canMove(_ start: Int, _ place: Int, _ length: Int) -> Bool {
        guard wrongInAnswer[start..<(start + length)].contains(true) else { return false }
        guard wrongInReference[place..<(place + length)].contains(true) else { return false }
        return !(start..<(start + length)).contains(places[place])
    }
}
