#ifndef INVAR_PARAMETERS_FIELD_H
#define INVAR_PARAMETERS_FIELD_H

// How a description reaches the members of its structure. Only description.h includes this.

#include <invar/parameters/parameter.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace invar::parameters {

/// \param member a pointer to a member, or a function from the structure to a reference
template <typename Structure, typename Member>
auto& member_of(Structure& structure, const Member& member) {
  if constexpr (std::is_member_object_pointer_v<Member>) {
    return structure.*member;
  } else {
    return member(structure);
  }
}

template <typename Structure, typename Member>
using MemberType =
    std::decay_t<decltype(member_of(std::declval<Structure&>(), std::declval<const Member&>()))>;

template <typename Structure, typename Member>
class MemberField : public Field {
 public:
  explicit MemberField(Member member) : member_(member) {}

 protected:
  const auto& read(const void* structure) const {
    return member_of(*static_cast<const Structure*>(structure), member_);
  }
  auto& write(void* structure) const {
    return member_of(*static_cast<Structure*>(structure), member_);
  }

 private:
  Member member_;
};

/// A flag or a text.
template <typename Structure, typename Member>
class PlainField : public MemberField<Structure, Member> {
 public:
  using MemberField<Structure, Member>::MemberField;
  Value get(const void* structure) const override { return this->read(structure); }
  void set(void* structure, const Value& value) const override {
    this->write(structure) = std::get<MemberType<Structure, Member>>(value);
  }
};

template <typename Structure, typename Member>
class WholeField : public MemberField<Structure, Member> {
 public:
  using MemberField<Structure, Member>::MemberField;
  Value get(const void* structure) const override {
    using Type = MemberType<Structure, Member>;
    const Type number = this->read(structure);
    if constexpr (std::is_unsigned_v<Type> && sizeof(Type) >= sizeof(std::int64_t)) {
      constexpr std::int64_t k_largest = std::numeric_limits<std::int64_t>::max();
      return number > static_cast<Type>(k_largest) ? k_largest : static_cast<std::int64_t>(number);
    } else {
      return static_cast<std::int64_t>(number);
    }
  }
  void set(void* structure, const Value& value) const override {
    this->write(structure) =
        static_cast<MemberType<Structure, Member>>(std::get<std::int64_t>(value));
  }
};

template <typename Structure, typename Member>
class RealField : public MemberField<Structure, Member> {
 public:
  using MemberField<Structure, Member>::MemberField;
  Value get(const void* structure) const override {
    return static_cast<double>(this->read(structure));
  }
  void set(void* structure, const Value& value) const override {
    this->write(structure) = static_cast<MemberType<Structure, Member>>(std::get<double>(value));
  }
};

template <typename Enumeration>
struct NamedValue {
  const char* name;
  Enumeration value;
};

template <typename Structure, typename Member>
class ChoiceField : public MemberField<Structure, Member> {
 public:
  using Choices = std::vector<NamedValue<MemberType<Structure, Member>>>;

  ChoiceField(Member member, Choices choices)
      : MemberField<Structure, Member>(member), choices_(std::move(choices)) {}
  Value get(const void* structure) const override {
    for (const auto& choice : choices_) {
      if (choice.value == this->read(structure)) {
        return std::string(choice.name);
      }
    }
    return std::string("unknown");
  }
  void set(void* structure, const Value& value) const override {
    for (const auto& choice : choices_) {
      if (std::get<std::string>(value) == choice.name) {
        this->write(structure) = choice.value;
      }
    }
  }

 private:
  Choices choices_;
};

/// A field of a member that is a structure itself.
template <typename Structure, typename Member>
class NestedField : public MemberField<Structure, Member> {
 public:
  NestedField(Member member, std::shared_ptr<const Field> inner)
      : MemberField<Structure, Member>(member), inner_(std::move(inner)) {}
  Value get(const void* structure) const override { return inner_->get(&this->read(structure)); }
  void set(void* structure, const Value& value) const override {
    inner_->set(&this->write(structure), value);
  }

 private:
  std::shared_ptr<const Field> inner_;
};

}  // namespace invar::parameters

#endif
