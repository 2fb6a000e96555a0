/// The Levenshtein distance of two texts, in Unicode scalars: insertions, deletions and substitutions.
///
/// - Parameters:
///   - limit: Where the distance is larger, nil is returned as soon as that is certain.
/// - Complexity: `O(min(|left|, |right|) · limit)` at most, `O(|left| · |right|)` without a limit.
///
/// V. I. Levenshtein, Soviet Physics Doklady 10 (1966) 707–710.
public func editDistance(_ left: String, _ right: String, limit: Int = .max) -> Int? {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    if abs(a.count - b.count) > limit { return nil }
    var row = Array(0...b.count)
    for i in 0..<a.count {
        var diagonal = row[0]
        row[0] = i + 1
        var smallest = row[0]
        for j in 0..<b.count {
            let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
            smallest = min(smallest, row[j + 1])
        }
        if smallest > limit { return nil }
    }
    return row[b.count] <= limit ? row[b.count] : nil
}

/// The known name that someone who wrote `name` most likely meant, or nil where none is near.
///
/// Near is at most one slip in three letters (at least one, at most three slips), letter case aside; two
/// neighbours that changed places are one slip. The least distance wins, then the order of `candidates`.
public func nearest(_ name: String, in candidates: [String]) -> String? {
    let wanted = name.lowercased()
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let known = candidate.lowercased()
        let allowed = min(3, max(1, max(wanted.utf8.count, known.utf8.count) / 3))
        let limit = best.map { min(allowed, $0.distance - 1) } ?? allowed
        guard limit >= 0, let distance = slips(wanted, known), distance <= limit else { continue }
        best = (candidate, distance)
    }
    return best?.name
}

/// The distance that also counts a swap of two neighbours as one (optimal string alignment), or nil for names
/// that are no names: longer than 100 scalars.
private func slips(_ left: String, _ right: String) -> Int? {
    let a = Array(left.unicodeScalars.prefix(101))
    let b = Array(right.unicodeScalars.prefix(101))
    guard a.count <= 100, b.count <= 100 else { return nil }
    var earlier = [Int](repeating: 0, count: b.count + 1)
    var row = Array(0...b.count)
    for i in 0..<a.count {
        var next = [Int](repeating: 0, count: b.count + 1)
        next[0] = i + 1
        for j in 0..<b.count {
            next[j + 1] = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                next[j + 1] = min(next[j + 1], earlier[j - 1] + 1)
            }
        }
        earlier = row
        row = next
    }
    return row[b.count]
}
