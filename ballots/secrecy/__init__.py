"""What the page "내 투표는 비밀인가요?" says, part by part, each sentence with its claim or fact."""
