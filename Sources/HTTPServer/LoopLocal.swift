import Synchronization

/// A value of which every loop has its own, made when a loop first asks for it.
///
/// It is reached from its loop's thread alone, so that it needs no lock and may be of any kind. It lives as
/// long as its loop and this object.
public final class LoopLocal<Value>: Sendable {
    @usableFromInline
    final class Box {
        @usableFromInline var value: Value
        init(_ value: Value) { self.value = value }
    }

    @usableFromInline let number = nextNumber.add(1, ordering: .relaxed).oldValue
    private let make: @Sendable (EventLoop) -> Value
    private let loops = Mutex<[EventLoop]>([])

    public init(_ make: @escaping @Sendable (EventLoop) -> Value) { self.make = make }

    deinit {
        let number = number
        for loop in loops.withLock({ $0 }) { loop.perform { loop.forgetLocal(number) } }
    }

    /// The calling loop's value. Must be called on a loop.
    @inlinable public var here: Value { box.value }

    /// Calls `body` with the calling loop's value. Must be called on a loop.
    public func with<Result, Failure>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(&box.value)
    }

    @inlinable var box: Box {
        guard let loop = EventLoop.current else {
            preconditionFailure("a value of an event loop, away from its thread")
        }
        // The number is this object's alone, so that nothing but its own boxes lies there.
        if let held = loop.local(number) {
            return unsafeDowncast(held, to: Box.self)  // its number's type never changes
        }
        return newBox(on: loop)
    }

    @usableFromInline
    func newBox(on loop: EventLoop) -> Box {
        let box = Box(make(loop))
        loop.setLocal(number, box)
        loops.withLock { $0.append(loop) }
        return box
    }
}

private let nextNumber = Atomic<Int>(0)
