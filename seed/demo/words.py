"""The words that made-up rows are put together from."""

AREA_NAMES = (
    "An Bình", "An Hòa", "An Lợi", "An Phú", "An Thới", "Bình An", "Bình Hòa", "Bình Tân",
    "Đông Hòa", "Đông Thạnh", "Hòa An", "Hòa Bình", "Hòa Hưng", "Hòa Lợi", "Hòa Phú",
    "Hòa Thuận", "Hưng Lợi", "Khánh An", "Khánh Hưng", "Long An", "Long Hòa", "Long Thạnh",
    "Mỹ An", "Mỹ Hòa", "Mỹ Lợi", "Mỹ Thạnh", "Ngọc An", "Phú An", "Phú Hòa", "Phú Lợi",
    "Phú Thành", "Phước An", "Phước Hòa", "Phước Lợi", "Phước Thuận", "Sóc Mới", "Tân An",
    "Tân Hòa", "Tân Lập", "Tân Lợi", "Tân Phước", "Tân Thành", "Thạnh An", "Thạnh Hòa",
    "Thạnh Lợi", "Thuận An", "Trung Hòa", "Trung Thành", "Vĩnh An", "Vĩnh Hòa",
)  # fmt: skip

KINH = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng",
    "Bùi", "Đỗ", "Hồ", "Ngô", "Phan", "Trương",
)  # fmt: skip
KHMER = ("Thạch", "Sơn", "Kim", "Danh", "Lâm", "Lý", "Châu", "Kiên", "Liêu")
HOA = ("Quách", "Trịnh", "Vương", "Mã", "Tăng", "Thái")

MALE_MIDDLE = ("Văn", "Hữu", "Minh", "Quốc", "Thanh", "Hoàng", "Đức", "Công")
FEMALE_MIDDLE = ("Thị", "Thị Ngọc", "Thị Kim", "Ngọc", "Thị Mỹ", "Thị Thu")
MALE_GIVEN = (
    "An", "Bảo", "Chiến", "Dũng", "Đạt", "Đông", "Hải", "Hiếu", "Khang", "Lâm", "Lộc", "Nam",
    "Nghĩa", "Phúc", "Quang", "Sáng", "Tài", "Thành", "Tín", "Ửng", "Vinh",
)  # fmt: skip
FEMALE_GIVEN = (
    "Ánh", "Bích", "Cúc", "Diễm", "Đào", "Hạnh", "Hoa", "Hương", "Lan", "Liên", "Mai", "Nga",
    "Oanh", "Phượng", "Sương", "Thảo", "Thúy", "Trinh", "Tuyết", "Xuân", "Yến",
)  # fmt: skip
KHMER_MALE_GIVEN = (
    "Sà Rinh", "Sô Phia", "Sung", "Sa Rết", "Sang", "Kha",
    "Suôl", "Chanh Đa", "Phol", "Hươl",
)  # fmt: skip
KHMER_FEMALE_GIVEN = ("Sà Vane", "Sô Thi", "Thia", "Đa Ra", "Sây Ha", "Thoa", "Pha Ly", "Sa Rương")

WORKS = {
    "works": (
        "Tuyến đường hoa nông thôn", "Thắp sáng đường quê", "Bê tông hóa đường nội đồng",
        "Cầu nông thôn thay cầu tạm", "Hàng rào cây xanh", "Sân bóng chuyền khu dân cư",
        "Nhà Đại đoàn kết cho hộ nghèo",
    ),
    "product": (
        "Nước mắm cá đồng đạt chuẩn sản phẩm xã", "Khô cá lóc sấy năng lượng mặt trời",
        "Bánh pía vị trái cây mới", "Rau an toàn trong nhà lưới", "Đồ đan lát từ lục bình",
    ),
    "task": (
        "Thu gom vỏ chai thuốc bảo vệ thực vật", "Vận động hộ dân lắp camera an ninh",
        "Ngày thứ bảy giúp dân", "Vận động hiến đất mở đường", "Giúp hộ cận nghèo vay vốn sản xuất",
        "Tổng vệ sinh đường làng ngõ xóm",
    ),
    "model": (
        "Tổ tự quản môi trường", "Khu dân cư không rác thải nhựa", "Tổ phụ nữ tiết kiệm giúp nhau",
        "Tổ hòa giải kiểu mẫu", "Chùa xanh, sạch, đẹp", "Tổ hợp tác nuôi tôm hai giai đoạn",
    ),
}  # fmt: skip
"""What is registered, by the kind of registration."""

INITIATIVES = (
    ("nong-nghiep", "Máy gieo lúa cải tiến dùng pin", "solution"),
    ("nong-nghiep", "Hệ thống tưới nhỏ giọt tự động cho hành tím", "solution"),
    ("nong-nghiep", "Nuôi tôm sú luân canh lúa ít thay nước", "model"),
    ("nong-nghiep", "Lọc nước ao nuôi bằng vật liệu tại chỗ", "initiative"),
    ("nong-nghiep", "Bẫy đèn năng lượng mặt trời diệt sâu hại", "product"),
    ("nong-nghiep", "Ủ phân hữu cơ từ rơm rạ sau thu hoạch", "initiative"),
    ("cong-nghiep", "Máy bóc vỏ hành cỡ nhỏ", "product"),
    ("cong-nghiep", "Khuôn ép bánh tiết kiệm nhiên liệu", "product"),
    ("cong-nghiep", "Giá phơi khô cá xoay theo nắng", "solution"),
    ("thuong-mai", "Gian hàng trực tuyến chung của tổ hợp tác", "model"),
    ("thuong-mai", "Điểm bán hàng Việt lưu động bằng ghe", "model"),
    ("xay-dung", "Cọc bê tông nhẹ cho cầu nông thôn", "solution"),
    ("xay-dung", "Nắp cống bằng vật liệu tái chế", "product"),
    ("moi-truong", "Lò đốt rác hộ gia đình ít khói", "product"),
    ("moi-truong", "Đổi rác nhựa lấy quà tại nhà sinh hoạt cộng đồng", "model"),
    ("moi-truong", "Vớt lục bình làm giá thể trồng nấm", "initiative"),
    ("giao-duc", "Tủ sách song ngữ Việt – Khmer ở chùa", "model"),
    ("giao-duc", "Bộ dụng cụ thí nghiệm từ đồ bỏ đi", "product"),
    ("y-te", "Nhắc lịch uống thuốc qua loa truyền thanh", "initiative"),
    ("y-te", "Xe lăn tự chế cho người khuyết tật", "product"),
    ("van-hoa", "Lớp dạy nhạc ngũ âm cho thiếu niên", "model"),
    ("van-hoa", "Câu lạc bộ đờn ca tài tử khu dân cư", "model"),
    ("cntt", "Nhóm mạng xã hội tiếp nhận ý kiến nhân dân", "initiative"),
    ("cntt", "Bản đồ số hộ cần giúp đỡ", "solution"),
    ("quan-ly", "Sổ tay giải quyết thủ tục tại nhà", "initiative"),
    ("mat-tran", "Ngày hội gộp nhiều khu dân cư liền kề", "initiative"),
    ("mat-tran", "Hũ gạo tình thương của chi hội", "model"),
    ("an-ninh", "Tổ liên gia báo động bằng kẻng điện", "model"),
)
"""Field of work, name, kind."""

PLACES_OF_USE = (
    "Toàn xã",
    "Hai ấp của xã",
    "Một tổ hợp tác",
    "Trường học trên địa bàn",
    "Cơ sở sản xuất",
)
SOCIAL_EFFECTS = (
    "Giảm công lao động, bà con dễ làm theo.",
    "Giảm rác thải, giữ vệ sinh nơi công cộng.",
    "Thêm việc làm cho phụ nữ lúc nông nhàn.",
    "Gắn kết các hộ Kinh, Khmer, Hoa trong khu dân cư.",
    "Nâng cao ý thức tự quản của nhân dân.",
)
ACHIEVEMENTS = (
    "Vận động nhân dân đóng góp làm đường, bắc cầu nông thôn.",
    "Nhiều năm làm tốt công tác hòa giải, giữ gìn đoàn kết trong khu dân cư.",
    "Có sáng kiến được áp dụng, đem lại hiệu quả thiết thực.",
    "Tích cực đóng góp Quỹ Vì người nghèo, giúp hộ khó khăn làm ăn.",
    "Đi đầu trong xây dựng nông thôn mới, đô thị văn minh.",
    "Tổ chức Ngày hội Đại đoàn kết vui tươi, tiết kiệm, đông người dự.",
)
JOBS = (
    "nông dân",
    "giáo viên",
    "công nhân",
    "cán bộ hưu trí",
    "hộ kinh doanh",
    "người có uy tín",
    "thợ cơ khí",
)
