"""What people keep to themselves, or share with their managers only."""

PRIVATE = """
private: Be ready to lead a team of my own
  why: I have been told twice that I should. I would like to find out whether I want to.
  - Leadership course, modules finished: 0 → 6
  - Conversations with leads I admire: 0 → 4
private: Finish the evening degree without dropping a ball at work
  - Courses passed: 3 → 6
  - Evenings of overtime per month: 9 → 3
private: Get my English to a level where I enjoy the calls
  why: I understand everything and say half of it.
  - CEFR test score: 58 → 75 points
  - Customer calls that I lead: 0 → 12
private: Find a rhythm that lasts after the parental leave
  - Days worked from home per month: 3 → 8
  - Weeks in which I left on time: 4 → 11
private: Decide between the expert path and the management path
  - Shadowing days done: 0 → 5
private: Speak in front of fifty people and sleep well the night before
  - Talks given: 0 → 3
"""
