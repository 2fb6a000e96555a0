/// How many elements two sorted lists of keys share, counting repeats: the size of their multiset
/// intersection.
///
/// - Complexity: `O(left.count + right.count)`.
public func sharedCount(sorted left: [UInt64], sorted right: [UInt64]) -> Int {
    var shared = 0
    var i = 0
    var j = 0
    while i < left.count, j < right.count {
        let a = left[i]
        let b = right[j]
        if a == b {
            shared += 1
            i += 1
            j += 1
        } else if a < b {
            i += 1
        } else {
            j += 1
        }
    }
    return shared
}
