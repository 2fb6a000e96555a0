/// Objects by number. It belongs to its loop's thread.
final class LocalShelf {
    private var objects: UnsafeMutablePointer<AnyObject?>
    private var count = 16

    init() {
        objects = .allocate(capacity: count)
        objects.initialize(repeating: nil, count: count)
    }

    deinit {
        objects.deinitialize(count: count)
        objects.deallocate()
    }

    subscript(number: Int) -> AnyObject? { number < count ? objects[number] : nil }

    func set(_ number: Int, _ object: AnyObject?) {
        if number >= count {
            guard object != nil else { return }
            grow(beyond: number)
        }
        // What it was ends when its place is another's already.
        let before = objects[number]
        objects[number] = object
        _ = consume before
    }

    func clear() {
        for number in 0..<count { set(number, nil) }
    }

    private func grow(beyond number: Int) {
        let larger = 2 * max(count, number + 1)
        let fresh = UnsafeMutablePointer<AnyObject?>.allocate(capacity: larger)
        fresh.moveInitialize(from: objects, count: count)
        (fresh + count).initialize(repeating: nil, count: larger - count)
        objects.deallocate()
        (objects, count) = (fresh, larger)
    }
}
