"""A singly linked list. Run as a program, it builds one and prints it."""


class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class LinkedList:
    """Values in order; an empty list has no head."""

    def __init__(self):
        self.head = None

    def __iter__(self):
        node = self.head
        while node is not None:
            yield node.value
            node = node.next

    def push_front(self, value):
        self.head = Node(value, self.head)

    def push_back(self, value):
        """Adds at the end, to an empty list too."""
        if self.head is None:
            self.head = Node(value)
            return
        node = self.head
        while node.next is not None:
            node = node.next
        node.next = Node(value)

    def reverse(self):
        """Turns the order round, in place."""
        before, node = None, self.head
        while node is not None:
            node.next, before, node = before, node, node.next
        self.head = before

    def remove(self, value):
        """Removes the first node with this value; returns whether there was one."""
        node, before = self.head, None
        while node is not None and node.value != value:
            before, node = node, node.next
        if node is None:
            return False
        if before is None:
            self.head = node.next
        else:
            before.next = node.next
        return True


if __name__ == "__main__":
    items = LinkedList()
    for number in (3, 1, 2):
        items.push_back(number)
    items.remove(3)
    items.reverse()
    print(list(items))
